import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { makeProgram } from '../src/main.js'

/** Parses arguments and runs nothing; throws what the command would say. */
async function parse(args: readonly string[]): Promise<void> {
  const program = makeProgram()
  const silent = { outputError: () => {}, writeErr: () => {}, writeOut: () => {} }
  for (const command of [program, ...program.commands])
    command.configureOutput(silent).exitOverride()
  for (const command of program.commands) command.action(() => {})
  await program.parseAsync(args, { from: 'user' })
}

/** The command lines of `udpng` in text: words, without what the shell does with them. */
function commandLines(text: string): string[][] {
  return [...text.matchAll(/(?:^|[|(&]|\$ |npx )\s*udpng (?<line>[a-z].*)$/gm)].flatMap(([match]) =>
    match
      .replace(/\s#.*/, '')
      .split(/\s(?=udpng )|\(|\||&|\)|[<>]/)
      .map((part) => part.trim())
      .filter((part) => part.startsWith('udpng '))
      .map((part) => (part.match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? []).slice(1))
      .map((words) => words.map((word) => word.replaceAll(/^['"]|['"]$/g, ''))),
  )
}

function helpOf(command: Command): string {
  let help = ''
  command.configureOutput({
    writeOut: (text) => {
      help += text
    },
  })
  command.outputHelp()
  return help.slice(help.indexOf('\nExamples:'))
}

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
const lines = [
  ...commandLines(readme),
  ...makeProgram().commands.flatMap((command) => commandLines(helpOf(command))),
]

describe('examples', () => {
  it('CLI-27 there are many', () => {
    expect(lines.length).toBeGreaterThan(30)
    const shown = new Set(commandLines(readme).map(([name]) => name))
    const program = makeProgram()
    for (const command of program.createHelp().visibleCommands(program))
      if (command.name() !== 'help') expect(shown, command.name()).toContain(command.name())
  })

  it.each(lines.map((words) => [words.join(' '), words] as const))(
    'CLI-27 udpng %s',
    async (_, words) => {
      const outcome = await parse(words).catch((error) => error)
      if (outcome) expect(outcome).toMatchObject({ code: 'commander.helpDisplayed' })
    },
  )
})
