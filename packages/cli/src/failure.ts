import { constants } from 'node:os'
import { UdpngError } from '@udpng/core'
import { CommanderError } from 'commander'

/** How a command ends that did not do what was asked for. */
export interface Failure {
  readonly exitCode: number
  /** One line for standard error; empty when all is said. */
  readonly message: string
}

/** Thrown by a command that has said all there is to say, and whose exit code is not 0. */
export class Exit extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`exit code ${exitCode}`)
    this.exitCode = exitCode
  }
}

/** Arguments that cannot be meant: told in one line, exit code 2. */
export class UsageError extends Error {}

/** What arguments cause. */
const USAGE = new Set(['BAD_OPTION', 'BAD_ADDRESS', 'NO_RECEIVER'])

/** What a person and a shell are told about an error: 2 when the arguments are wrong, else 1. */
export function failureOf(error: unknown): Failure {
  // commander has written its line, or the help that was asked for
  if (error instanceof CommanderError)
    return { exitCode: error.exitCode === 0 ? 0 : 2, message: '' }
  if (error instanceof Exit) return { exitCode: error.exitCode, message: '' }
  // nobody reads on, as after `| head -1`: that is no failure
  if (codeOf(error) === 'EPIPE') return { exitCode: 0, message: '' }
  const usage =
    error instanceof UsageError || (error instanceof UdpngError && USAGE.has(error.code))
  return { exitCode: usage ? 2 : 1, message: inOneLine(messageOf(error)) }
}

/** What went wrong; of a component that failed, what made it fail. */
function messageOf(error: unknown): string {
  if (error instanceof UdpngError && error.code === 'COMPONENT_FAILED' && error.cause)
    return messageOf(error.cause)
  return String((error as Error | undefined)?.message ?? error)
}

/** The system's code of an error, or of what caused it. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code } = error as NodeJS.ErrnoException
  return error instanceof UdpngError ? codeOf(error.cause) : code
}

/** A message of several lines as one. */
export function inOneLine(message: string): string {
  return message.trim().replaceAll(/\s*\n\s*/g, '; ')
}

/** The exit code of who was ended by a signal: 130, 143. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}
