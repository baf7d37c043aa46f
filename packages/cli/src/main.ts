import { createRequire } from 'node:module'
import { Command } from 'commander'
import { benchCommand } from './commands/bench.js'
import { completeCommand, completionCommand } from './commands/completion.js'
import { consoleCommand } from './commands/console.js'
import { doctorCommand } from './commands/doctor.js'
import { echoCommand } from './commands/echo.js'
import { listenCommand } from './commands/listen.js'
import { relayCommand } from './commands/relay.js'
import { sendCommand } from './commands/send.js'
import { topCommand } from './commands/top.js'
import { failureOf, inOneLine } from './failure.js'
import { Notes } from './notes.js'

/** Every command, in the order of the help. */
const commands: readonly (() => Command)[] = [
  consoleCommand,
  sendCommand,
  listenCommand,
  echoCommand,
  relayCommand,
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
  const ignore = (): void => {}
  process.stderr.on('error', ignore) // nobody reads what is said: no reason to stop
  try {
    await makeProgram().parseAsync(args, { from: 'user' })
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
    .exitOverride()
  for (const make of commands) {
    const command = make().copyInheritedSettings(program)
    // Its errors are one line, and say where to read on.
    command.configureOutput({
      outputError: (text) =>
        new Notes().complain(
          `${inOneLine(text.replace(/^error: /, ''))} (see \`udpng ${command.name()} --help\`)`,
        ),
    })
    program.addCommand(command)
  }
  program.addCommand(completeCommand().copyInheritedSettings(program), { hidden: true })
  return program
}

function versionOf(): string {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string }
  return version
}
