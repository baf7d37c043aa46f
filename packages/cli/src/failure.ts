import { constants } from 'node:os'
import { UdpngError } from '@udpng/core'
import { CommanderError } from 'commander'

/** The end of a command that failed. */
export interface Failure {
  readonly exitCode: number
  /** The message for standard error; empty if it was already written. */
  readonly message: string
}

/** Ends a command that has printed all its messages, with an exit code other than 0. */
export class Exit extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`exit code ${exitCode}`)
    this.exitCode = exitCode
  }
}

/** Invalid arguments: reported in one line, exit code 2. */
export class UsageError extends Error {}

/** Error codes that arguments cause. */
const USAGE = new Set(['BAD_OPTION', 'BAD_ADDRESS', 'NO_RECEIVER'])

/** Returns the message and the exit code of an error: 2 if the arguments are invalid, otherwise 1. */
export function failureOf(error: unknown): Failure {
  // commander has written its line, or the help that was asked for
  if (error instanceof CommanderError)
    return { exitCode: error.exitCode === 0 ? 0 : 2, message: '' }
  if (error instanceof Exit) return { exitCode: error.exitCode, message: '' }
  // As after `| head -1`: that is not a failure.
  if (isGone(error)) return { exitCode: 0, message: '' }
  const usage =
    error instanceof UsageError || (error instanceof UdpngError && USAGE.has(error.code))
  return { exitCode: usage ? 2 : 1, message: messageOf(error) }
}

/** The message of an error; for a failed component, that of its cause. */
function messageOf(error: unknown): string {
  if (error instanceof UdpngError && error.code === 'COMPONENT_FAILED' && error.cause)
    return messageOf(error.cause)
  return String((error as Error | undefined)?.message ?? error)
}

/** The system's code of an error, or of its cause. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code } = error as NodeJS.ErrnoException
  return error instanceof UdpngError ? codeOf(error.cause) : code
}

/** Returns whether the reader of an output has gone: a closed pipe, or a terminal that hung up. */
export function isGone(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'EPIPE' || code === 'ECONNRESET' || (code === 'EIO' && onTerminal())
}

function onTerminal(): boolean {
  return Boolean(process.stdout.isTTY || process.stderr.isTTY)
}

/** Returns the exit code of a program ended by a signal: 129, 130, 143. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

/**
 * Ends an interrupted service: with exit code 0 after SIGINT or SIGTERM, which request its end.
 *
 * @throws {Exit} 129 after SIGHUP: its terminal or session has gone
 */
export function endOf(interrupted: NodeJS.Signals | undefined): void {
  if (interrupted === 'SIGHUP') throw new Exit(exitCodeOf(interrupted))
}
