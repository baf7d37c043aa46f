import { type Command, Option } from 'commander'
import { inspectOption } from './inspect-option.js'

/** Options of every command. */
export interface CommonOptions {
  readonly quiet?: boolean
}

/** Options of every command that runs until it is interrupted. */
export interface LongRunningOptions extends CommonOptions {
  /** The port of the inspector. */
  readonly inspect?: number
}

/** Adds the options that every command has. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('-q, --quiet', 'print only errors on standard error')
    .addOption(
      // NO_COLOR is what everything else looks at, commander's help too
      new Option('--no-color', 'disable colors, as the environment variable NO_COLOR does'),
    )
    .on('option:no-color', () => {
      process.env['NO_COLOR'] = '1'
    })
}

/** Adds the options of commands that run until they are interrupted. */
export function withLongRunningOptions(command: Command): Command {
  return withCommonOptions(command.addOption(inspectOption()))
}

/** Adds lines with examples to the help of a command: what to type, and what that does. */
export function withExamples(
  command: Command,
  examples: readonly (readonly [line: string, meaning: string])[],
): Command {
  const lines = examples.map(([line, meaning]) => `  $ ${line}\n      ${meaning}`)
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}
