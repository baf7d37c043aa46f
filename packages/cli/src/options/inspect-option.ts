import { Option } from 'commander'
import { wholeNumber } from './quantities.js'

/** The option, as commander takes it. */
export const INSPECT_FLAGS = '--inspect [port]'
const PORT = 7090

/** `--inspect[=port]`: the port of the inspector. */
export function inspectOption(): Option {
  return new Option(INSPECT_FLAGS, 'show the running command in a browser, on 127.0.0.1')
    .argParser(wholeNumber(0, 65535))
    .preset(PORT)
}

/**
 * Gives a bare `--inspect` its port, as Node.js understands its own: what follows it is an argument. commander would take
 * that for the port.
 */
export function inspectArguments(args: readonly string[]): string[] {
  const end = args.indexOf('--')
  return args.map((arg, i) =>
    arg === '--inspect' && (end < 0 || i < end) ? `--inspect=${PORT}` : arg,
  )
}
