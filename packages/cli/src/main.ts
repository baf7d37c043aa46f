import { createRequire } from 'node:module'
import { Command } from 'commander'
import { benchCommand } from './commands/bench.js'
import { completeCommand, completionCommand } from './commands/completion.js'
import { consoleCommand } from './commands/console.js'
import { doctorCommand } from './commands/doctor.js'
import { echoCommand } from './commands/echo.js'
import { graphCommand } from './commands/graph.js'
import { listenCommand } from './commands/listen.js'
import { relayCommand } from './commands/relay.js'
import { runCommand } from './commands/run.js'
import { sendCommand } from './commands/send.js'
import { topCommand } from './commands/top.js'
import { failureOf, inOneLine } from './failure.js'
import { INSPECT_FLAGS, inspectArguments } from './inspect-option.js'
import { Notes } from './notes.js'

/** Every command, in the order of the help. */
const commands: readonly (() => Command)[] = [
  consoleCommand,
  sendCommand,
  listenCommand,
  echoCommand,
  relayCommand,
  runCommand,
  graphCommand,
  topCommand,
  benchCommand,
  doctorCommand,
  completionCommand,
]

/**
 * The `udpng` command: runs what the arguments ask for.
 *
 * @param args - without the names of Node.js and the program (default: those of this process)
 * @returns the exit code: 0, 1 for a failure, 2 for arguments that are wrong
 */
export async function main(args: readonly string[] = process.argv.slice(2)): Promise<number> {
  // When nobody reads what is written, that is told to the one who writes it; as an event it would end the process.
  const ignore = (): void => {}
  process.stdout.on('error', ignore)
  process.stderr.on('error', ignore)
  try {
    await makeProgram().parseAsync(inspectArguments(args), { from: 'user' })
    return 0
  } catch (error) {
    const { exitCode, message } = failureOf(error)
    if (message) new Notes().complain(message)
    return exitCode
  }
}

/** The program with all its commands. */
export function makeProgram(): Command {
  const program = new Command('udpng')
    .description('UDP from the terminal.')
    .version(versionOf(), '-V, --version')
    .configureHelp({ optionTerm: ({ flags }) => flags.replace(INSPECT_FLAGS, '--inspect[=port]') })
    .exitOverride()
  tellErrorsInOneLine(program, 'udpng')
  for (const make of commands) {
    const command = make().copyInheritedSettings(program)
    tellErrorsInOneLine(command, `udpng ${command.name()}`)
    program.addCommand(command)
  }
  program.addCommand(completeCommand().copyInheritedSettings(program), { hidden: true })
  return program
}

/** What is wrong with the arguments of a command: one line, which says where to read on. */
function tellErrorsInOneLine(command: Command, name: string): void {
  command.configureOutput({
    outputError: (text) =>
      new Notes().complain(`${inOneLine(text.replace(/^error: /, ''))} (see \`${name} --help\`)`),
  })
}

function versionOf(): string {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string }
  return version
}
