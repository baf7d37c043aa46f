import type { Command, Option } from 'commander'

/** A word that may come next on a command line, with its description. */
export interface Candidate {
  readonly value: string
  readonly meaning: string
}

/**
 * Returns the candidates for the last of these words, from the commands and options of `program`; none for free text.
 *
 * @param words - the words after the name of the program, up to the cursor; the last one is incomplete, or empty
 */
export function candidates(program: Command, words: readonly string[]): Candidate[] {
  const before = words.slice(0, -1)
  const begun = words.at(-1) ?? ''
  const command = program.commands.find((each) => each.name() === before[0])
  return possible(program, command, before, begun).filter(({ value }) => value.startsWith(begun))
}

function possible(
  program: Command,
  command: Command | undefined,
  before: readonly string[],
  begun: string,
): Candidate[] {
  const awaited = takesValue(command ?? program, before.at(-1))
  if (awaited) return choices(awaited.argChoices, awaited.description)
  if (begun.startsWith('-')) return optionsOf(command ?? program)
  if (!command) return before.length === 0 || before[0] === 'help' ? commandsOf(program) : []
  const positionals = before.slice(1).filter((word) => !word.startsWith('-'))
  const argument = command.registeredArguments[positionals.length]
  return choices(argument?.argChoices, argument?.description ?? '')
}

/** The option whose value comes next, if the word before is one that must have a value. */
function takesValue(command: Command, word: string | undefined): Option | undefined {
  return command.options.find(
    (option) => option.required && (option.long === word || option.short === word),
  )
}

function commandsOf(program: Command): Candidate[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map((command) => ({
      value: command.name(),
      meaning: command.summary() || command.description(),
    }))
}

function optionsOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, short, description }) =>
      [long, short]
        .filter((flag) => flag !== undefined)
        .map((value) => ({ value, meaning: description })),
    )
}

function choices(values: readonly string[] | undefined, meaning: string): Candidate[] {
  return (values ?? []).map((value) => ({ value, meaning }))
}
