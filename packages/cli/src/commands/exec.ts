import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Report } from '@udpng/dgram'
import { Command, Option } from 'commander'
import { accountOfProcess, recorded } from '../exec/account-of-process.js'
import { createCaptureFile } from '../exec/create-capture-file.js'
import { environment, type Preloads } from '../exec/environment.js'
import { inspectProgram } from '../exec/inspect-program.js'
import { readReports } from '../exec/read-reports.js'
import { type End, runCommand } from '../exec/run-command.js'
import { Exit, exitCodeOf } from '../failure.js'
import { type CommonOptions, withCommonOptions, withExamples } from '../options/common-options.js'
import { type Impairments, impairments } from '../options/impairment.js'
import { inspectOption } from '../options/inspect-option.js'
import { Notes } from '../output/notes.js'

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
    .option('--record <file>', 'record all datagrams in a pcap file, for Wireshark or tcpdump')
    .addOption(inspectOption())
    .passThroughOptions()
    .action(exec)
  withExamples(command, [
    ['udpng exec -- node server.js', 'the account is printed when the server ends'],
    ['udpng exec -- npm start', 'all Node.js programs that npm starts'],
    [
      'udpng exec --impair "loss 10% seed 7" -- node server.js',
      'the same datagrams are lost in each run',
    ],
    ['udpng exec --record all.pcap -- node server.js', 'then: wireshark all.pcap'],
    ['udpng exec --inspect -- node server.js', 'its sockets in a browser, live'],
    ['udpng exec --transport dgram -- node server.js', 'counts only: node:dgram as it is'],
  ])
  return withCommonOptions(command)
}

interface ExecOptions extends CommonOptions {
  readonly json?: boolean
  readonly transport?: string
  readonly impair?: Impairments
  readonly record?: string
  /** The port of the inspector. */
  readonly inspect?: number
}

async function exec(command: string[], options: ExecOptions): Promise<void> {
  const notes = new Notes(options)
  const folder = await mkdtemp(join(tmpdir(), 'udpng-exec-'))
  try {
    const record =
      options.record === undefined ? undefined : await createCaptureFile(options.record)
    const report = join(folder, 'reports')
    const { code, signal } = await run(command, { ...options, report, record, folder }, notes)
    const reports = await readReports(report)
    if (options.json) for (const each of reports) process.stderr.write(`${JSON.stringify(each)}\n`)
    else for (const line of accountOf(reports, signal, options)) notes.info(line)
    const exitCode = signal ? exitCodeOf(signal) : (code ?? 0)
    if (exitCode !== 0) throw new Exit(exitCode)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs the command, with an inspector if one is asked for. */
async function run(
  [name = '', ...args]: readonly string[],
  { inspect, folder, ...preloads }: Preloads & { inspect?: number; folder: string },
  notes: Notes,
): Promise<End> {
  const inspector = inspect === undefined ? undefined : await inspectProgram(inspect, folder)
  try {
    if (inspector) notes.answer(`inspector at ${inspector.url}`)
    return await runCommand(name, args, environment({ ...preloads, samples: inspector?.samples }))
  } finally {
    await inspector?.close()
  }
}

function accountOf(
  reports: readonly Report[],
  signal: NodeJS.Signals | null,
  { record }: ExecOptions,
): string[] {
  if (reports.length === 0)
    return [
      `no account: ${signal === 'SIGKILL' ? 'SIGKILL ended the command at once' : 'no Node.js program has opened a UDP socket'}`,
    ]
  return [
    ...reports.flatMap(accountOfProcess),
    ...(record === undefined ? [] : [recorded(reports, record)]),
  ]
}
