import { type Command, Option } from 'commander'
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
 * the port. What follows the command of `udpng exec` is for that command.
 */
export function inspectArguments(args: readonly string[], program: Command): string[] {
  const exec = program.commands.find((command) => command.name() === 'exec')
  const end = args[0] === 'exec' && exec ? startOfCommand(args, exec) : args.indexOf('--')
  return args.map((arg, i) =>
    arg === '--inspect' && (end < 0 || i < end) ? `--inspect=${PORT}` : arg,
  )
}

/** Where the command of `udpng exec` begins: after `--`, or with the first word that is not an option, or the value of one. */
function startOfCommand(args: readonly string[], exec: Command): number {
  let i = 1
  while (i < args.length) {
    const word = args[i] as string
    if (word === '--' || !word.startsWith('-')) break
    const option = exec.options.find(({ long, short }) => word === long || word === short)
    i += option?.required ? 2 : 1
  }
  return i
}
