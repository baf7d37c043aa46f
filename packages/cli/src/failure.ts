import { UdpngError } from '@udpng/core'
import { CommanderError } from 'commander'

/** How a command ends that did not do what was asked for. */
export interface Failure {
  readonly exitCode: number
  /** One line for standard error; empty when all is said. */
  readonly message: string
}

/** What arguments cause. */
const USAGE = new Set(['BAD_OPTION', 'BAD_ADDRESS', 'NO_RECEIVER'])

/** What a person and a shell are told about an error: 2 when the arguments are wrong, else 1. */
export function failureOf(error: unknown): Failure {
  // commander has written its line, or the help that was asked for
  if (error instanceof CommanderError)
    return { exitCode: error.exitCode === 0 ? 0 : 2, message: '' }
  const message = String((error as Error | undefined)?.message ?? error).replaceAll(
    /\s*\n\s*/g,
    '; ',
  )
  return { exitCode: error instanceof UdpngError && USAGE.has(error.code) ? 2 : 1, message }
}
