import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Report } from '@udpng/dgram'
import { Command, Option } from 'commander'
import { accountOfProcess } from '../exec/account-of-process.js'
import { Exit, exitCodeOf, UsageError } from '../failure.js'
import { type CommonOptions, withCommonOptions, withExamples } from '../options/common-options.js'
import { type Impairments, impairments } from '../options/impairment.js'
import { Notes } from '../output/notes.js'

/** The signals that are passed on to the command. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const

/** `udpng exec -- node app.js`: runs a Node.js program with `@udpng/dgram`. */
export function execCommand(): Command {
  const command = new Command('exec')
    .summary('run a Node.js program with batched I/O, and print the account of its sockets')
    .description(
      'Runs a command. Every Node.js program that it starts uses @udpng/dgram for node:dgram, without a change: batched I/O on Linux, and counters. At the end it prints, on standard error, what became of the datagrams of each socket. The exit code is that of the command.',
    )
    .argument('<command...>', 'the command and its arguments; after -- they may begin with a dash')
    .option('--json', 'print the account as JSON: one line for each process or worker thread')
    .addOption(
      new Option('--transport <name>', 'what moves the datagrams').choices(['native', 'dgram']),
    )
    .addOption(
      new Option(
        '--impair <conditions>',
        'a bad network in both directions, such as "loss 5% delay 40ms jitter 10ms seed 7"',
      ).argParser(impairments),
    )
    .passThroughOptions()
    .action(exec)
  withExamples(command, [
    ['udpng exec -- node server.js', 'the account is printed when the server ends'],
    ['udpng exec -- npm start', 'all Node.js programs that npm starts'],
    [
      'udpng exec --impair "loss 10% seed 7" -- node server.js',
      'the same datagrams are lost in each run',
    ],
    ['udpng exec --transport dgram -- node server.js', 'counts only: node:dgram as it is'],
  ])
  return withCommonOptions(command)
}

interface ExecOptions extends CommonOptions {
  readonly json?: boolean
  readonly transport?: string
  readonly impair?: Impairments
}

async function exec([name = '', ...args]: string[], options: ExecOptions): Promise<void> {
  const notes = new Notes(options)
  const folder = await mkdtemp(join(tmpdir(), 'udpng-exec-'))
  try {
    const file = join(folder, 'reports')
    const end = await run(name, args, environment(file, options))
    const reports = await readReports(file)
    for (const report of reports)
      if (options.json) process.stderr.write(`${JSON.stringify(report)}\n`)
      else for (const line of accountOfProcess(report)) notes.info(line)
    const { code, signal } = end
    if (!options.json && reports.length === 0)
      notes.info(
        `no account: ${signal === 'SIGKILL' ? 'SIGKILL ended the command at once' : 'no Node.js program has opened a UDP socket'}`,
      )
    const exitCode = signal ? exitCodeOf(signal) : (code ?? 0)
    if (exitCode !== 0) throw new Exit(exitCode)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The environment of the command: its Node.js programs load `register`. */
function environment(file: string, { transport, impair }: ExecOptions): NodeJS.ProcessEnv {
  const { resolve } = createRequire(import.meta.url)
  const modules = ['@udpng/dgram/register', ...(impair ? ['@udpng/dgram/impair'] : [])]
  // Not --import: that does not reach worker threads that are made of text. Between quotes, a path may have blanks.
  const flags = modules.map((name) => `--require "${resolve(name).replaceAll(/[\\"]/g, '\\$&')}"`)
  return {
    ...process.env,
    NODE_OPTIONS: [process.env['NODE_OPTIONS'] ?? [], flags].flat().join(' '),
    UDPNG_REPORT: file,
    UDPNG_DGRAM: undefined, // `off` would leave nothing to report
    ...(transport !== undefined && { UDPNG_TRANSPORT: transport }),
    ...(impair && { UDPNG_IMPAIR: JSON.stringify(impair) }),
  }
}

/** How the command ended: one of both. */
interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/**
 * Runs the command to its end, on the terminal of this one.
 *
 * @throws {UsageError} if it cannot be started
 */
async function run(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<End> {
  const child = spawn(name, args, { stdio: 'inherit', env })
  const pass = (signal: NodeJS.Signals): void => {
    // Ctrl-C goes to all processes of a terminal.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of SIGNALS) process.on(signal, pass)
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', ({ code, message }: NodeJS.ErrnoException) => {
        const why = code === 'ENOENT' ? 'there is no such command' : message
        reject(new UsageError(`cannot run ${name}: ${why}`))
      })
      child.on('exit', (code, signal) => resolve({ code, signal }))
    })
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass)
  }
}

/** The reports of processes and threads that had sockets, in the order of their ends. */
async function readReports(file: string): Promise<readonly Report[]> {
  let text = ''
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Report)
    .filter(({ sockets }) => sockets.length > 0)
}
