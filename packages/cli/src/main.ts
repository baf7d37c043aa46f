import { Command } from 'commander'
import { echoCommand } from './commands/echo.js'
import { failureOf } from './failure.js'

/** Every command, in the order of the help. */
const commands: readonly (() => Command)[] = [echoCommand]

/**
 * The `udpng` command: runs what the arguments ask for.
 *
 * @param args - without the names of Node.js and the program (default: those of this process)
 * @returns the exit code: 0, 1 for a failure, 2 for arguments that are wrong
 */
export async function main(args: readonly string[] = process.argv.slice(2)): Promise<number> {
  const program = new Command('udpng')
    .description('UDP from the terminal')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
  for (const make of commands) program.addCommand(make().copyInheritedSettings(program))
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    const { exitCode, message } = failureOf(error)
    if (message) process.stderr.write(`udpng: ${message}\n`)
    return exitCode
  }
}
