import { Option } from 'commander'
import { wholeNumber } from './quantities.js'

/** The flags of the option for commander. */
export const INSPECT_FLAGS = '--inspect [port]'
const PORT = 7090

/** `--inspect[=port]`: the port of the inspector. */
export function inspectOption(): Option {
  return new Option(
    INSPECT_FLAGS,
    `serve the inspector on 127.0.0.1, to watch the command in a browser (default port: ${PORT})`,
  ).argParser(wholeNumber(0, 65535))
}

/**
 * Gives a bare `--inspect` its default port, as Node.js does: the word after it is an argument, which commander would take for
 * the port.
 */
export function inspectArguments(args: readonly string[]): string[] {
  const end = args.indexOf('--')
  return args.map((arg, i) =>
    arg === '--inspect' && (end < 0 || i < end) ? `--inspect=${PORT}` : arg,
  )
}
