import { MAX_PAYLOAD_BYTES } from '@udpng/datagram'
import { Command, Option } from 'commander'
import { type Burst, measureBurst } from '../bench/burst.js'
import { type Latency, measureLatency } from '../bench/latency.js'
import { measureThroughput, type Throughput } from '../bench/throughput.js'
import { findNative, whyNotNative } from '../find-native.js'
import { type CommonOptions, withCommonOptions, withExamples } from '../options/common-options.js'
import { duration, grouped, wholeNumber } from '../options/quantities.js'
import { Notes } from '../output/notes.js'
import { printJson, printOut } from '../output/print-out.js'
import { table } from '../output/table.js'

const TRANSPORTS = ['dgram', 'native'] as const
type Transport = (typeof TRANSPORTS)[number]

/** `udpng bench`: how fast datagrams are on this machine. */
export function benchCommand(): Command {
  const command = new Command('bench')
    .summary('measure this machine')
    .description(
      'Sends datagrams to itself over loopback, with each transport, in three phases: maximum throughput; a burst of 10 000; round trips, one at a time, in microseconds. Sender and receiver share one thread, so two programs are faster.',
    )
    .addOption(
      new Option('--for <time>', 'duration of the throughput and of the round-trip phase')
        .argParser(duration(50))
        .default(1000, '1s'),
    )
    .addOption(
      new Option('--size <bytes...>', 'payload sizes to measure')
        .argParser((text, before: readonly number[] | string) => [
          ...(typeof before === 'string' || before === SIZES ? [] : before),
          wholeNumber(1, MAX_PAYLOAD_BYTES[4])(text),
        ])
        .default(SIZES, SIZES.join(' ')),
    )
    .addOption(
      new Option(
        '--transport <name>',
        'measure only this transport (default: each that is available)',
      ).choices(TRANSPORTS),
    )
    .option('--json', 'print the results as JSON')
    .action(bench)
  withExamples(command, [
    ['udpng bench', 'takes about ten seconds'],
    ['udpng bench --size 512 --for 200ms --json', 'a short run, for a program'],
  ])
  return withCommonOptions(command)
}

const SIZES: readonly number[] = [64, 1200]

interface BenchOptions extends CommonOptions {
  readonly for: number
  readonly size: readonly number[]
  readonly transport?: Transport
  readonly json?: boolean
}

interface Result {
  readonly transport: Transport
  readonly bytes: number
  readonly throughput: Throughput
  readonly burst: Burst
  readonly latency: Latency
}

async function bench(options: BenchOptions): Promise<void> {
  const notes = new Notes(options)
  const results: Result[] = []
  for (const transport of transportsHere(options, notes))
    for (const bytes of options.size) {
      notes.progress(`${transport}, ${bytes} bytes: throughput`)
      const throughput = await measureThroughput(transport, bytes, options.for)
      notes.progress(`${transport}, ${bytes} bytes: burst`)
      const burst = await measureBurst(transport, bytes)
      notes.progress(`${transport}, ${bytes} bytes: round trips`)
      const latency = await measureLatency(transport, bytes, options.for)
      results.push({ transport, bytes, throughput, burst, latency })
    }
  notes.progress('')
  if (options.json) await printJson(results)
  else await printOut(`${show(results).join('\n')}\n`)
}

/** The transports to measure: the requested one, or each one that works. */
function transportsHere({ transport }: BenchOptions, notes: Notes): readonly Transport[] {
  if (transport === 'dgram') return [transport]
  try {
    findNative()
    return transport ? [transport] : TRANSPORTS
  } catch (error) {
    if (transport) throw new Error(`@udpng/native is not available: ${whyNotNative(error)}`)
    notes.info(`measuring node:dgram only; @udpng/native is not available: ${whyNotNative(error)}`)
    return ['dgram']
  }
}

function show(results: readonly Result[]): string[] {
  const microseconds = (time: number): string => time.toFixed(time < 100 ? 1 : 0)
  return table(results, [
    { title: 'TRANSPORT', cell: ({ transport }) => transport },
    { title: 'BYTES', right: true, cell: ({ bytes }) => grouped(bytes) },
    {
      title: 'DATAGRAMS/s',
      right: true,
      cell: ({ throughput }) => grouped(throughput.perSecond),
    },
    {
      title: 'MB/s',
      right: true,
      cell: ({ throughput, bytes }) => ((throughput.perSecond * bytes) / 1e6).toFixed(1),
    },
    {
      title: 'BURST LOSS',
      right: true,
      cell: ({ burst: { lost, sent } }) => `${((100 * lost) / Math.max(1, sent)).toFixed(1)} %`,
    },
    { title: 'p50 µs', right: true, cell: ({ latency }) => microseconds(latency.p50) },
    { title: 'p99 µs', right: true, cell: ({ latency }) => microseconds(latency.p99) },
    { title: 'max µs', right: true, cell: ({ latency }) => microseconds(latency.max) },
  ])
}
