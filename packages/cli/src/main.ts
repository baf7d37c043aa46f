import { createRequire } from 'node:module'
import { Command } from 'commander'
import { benchCommand } from './commands/bench.js'
import { completeCommand, completionCommand } from './commands/completion.js'
import { consoleCommand } from './commands/console.js'
import { doctorCommand } from './commands/doctor.js'
import { echoCommand } from './commands/echo.js'
import { execCommand } from './commands/exec.js'
import { graphCommand } from './commands/graph.js'
import { listenCommand } from './commands/listen.js'
import { relayCommand } from './commands/relay.js'
import { runCommand } from './commands/run.js'
import { sendCommand } from './commands/send.js'
import { topCommand } from './commands/top.js'
import { type Failure, failureOf } from './failure.js'
import { inOneSentence } from './in-one-sentence.js'
import { INSPECT_FLAGS, inspectArguments } from './options/inspect-option.js'
import { Notes } from './output/notes.js'
import { OutputFailure } from './output/output-failure.js'
import { shown } from './output/print-out.js'

/** Every command, in the order of the help. */
const commands: readonly (() => Command)[] = [
  consoleCommand,
  sendCommand,
  listenCommand,
  echoCommand,
  relayCommand,
  runCommand,
  graphCommand,
  execCommand,
  topCommand,
  benchCommand,
  doctorCommand,
  completionCommand,
]

/**
 * Runs the `udpng` command.
 *
 * @param args - without the names of Node.js and the program (default: those of this process)
 * @returns the exit code: 0; 1 for a failure, including standard output; 2 for wrong arguments; 129, 130 or 143 after a
 *   signal. A reader that has gone, as after `| head -1`, is not a failure.
 */
export async function main(args: readonly string[] = process.argv.slice(2)): Promise<number> {
  const output = new OutputFailure()
  const failure = await run(args)
  if (failure.message) new Notes().complain(failure.message)
  if (failure.exitCode !== 0) {
    await output.settled(() => {})
    return failure.exitCode
  }
  const unwritten = await output.settled(({ message }) =>
    new Notes().complain(`cannot write the output: ${message}`),
  )
  return unwritten ? 1 : 0
}

async function run(args: readonly string[]): Promise<Failure> {
  try {
    const program = makeProgram()
    await program.parseAsync(inspectArguments(args, program), { from: 'user' })
    return { exitCode: 0, message: '' }
  } catch (error) {
    return failureOf(error)
  }
}

/** Creates the program with all its commands. */
export function makeProgram(): Command {
  const program = new Command('udpng')
    .description('UDP from the terminal.')
    .version(versionOf(), '-V, --version')
    .configureHelp({ optionTerm: ({ flags }) => flags.replace(INSPECT_FLAGS, '--inspect[=port]') })
    .enablePositionalOptions() // what follows the command of `exec` is for that
    .exitOverride()
  reportErrorsInOneLine(program, 'udpng')
  for (const make of commands) {
    const command = make().copyInheritedSettings(program)
    reportErrorsInOneLine(command, `udpng ${command.name()}`)
    program.addCommand(command)
  }
  program.addCommand(completeCommand().copyInheritedSettings(program), { hidden: true })
  return program
}

/** Makes a command report an error in its arguments as one line that names the help to read. */
function reportErrorsInOneLine(command: Command, name: string): void {
  command.configureOutput({
    writeOut: (text) => process.stdout.write(shown(text, process.stdout)),
    writeErr: (text) => process.stderr.write(shown(text, process.stderr)),
    outputError: (text) => new Notes().complain(`${inOneSentence(text)} (see \`${name} --help\`)`),
  })
}

function versionOf(): string {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string }
  return version
}
