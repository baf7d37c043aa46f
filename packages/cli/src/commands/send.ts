import { Pipeline } from '@udpng/chassis'
import { ChunkReader, ConsoleReader } from '@udpng/console'
import type { Component, Outbox } from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import {
  type Address,
  type Endpoint,
  type Family,
  formatAddress,
  isGroup,
  isUnixPath,
  kindOfHost,
  MAX_PAYLOAD_BYTES,
  type UnixPath,
} from '@udpng/datagram'
import { DataSource, Pace, Transformer } from '@udpng/flow'
import { UDPSender } from '@udpng/peers'
import { Argument, Command, Option } from 'commander'
import { Exit, exitCodeOf, UsageError } from '../failure.js'
import {
  type LongRunningOptions,
  withExamples,
  withLongRunningOptions,
} from '../options/common-options.js'
import {
  bindAddress,
  checkFamily,
  destinationOrPath,
  localOrPath,
  resolveHost,
} from '../options/endpoint.js'
import { grouped, plural, positiveNumber, wholeNumber } from '../options/quantities.js'
import { Complaints } from '../output/complaints.js'
import { isLossy, lossesAsJson, lossesOf, reasons } from '../output/losses.js'
import { Notes } from '../output/notes.js'
import { printJson } from '../output/print-out.js'
import { runSystem } from '../run-system.js'

/** Payload of an Ethernet frame: 1500 bytes less the headers of IPv4 and UDP. */
const CHUNK_BYTES = 1472

/** `udpng send HOST:PORT`: sends arguments, or standard input. */
export function sendCommand(): Command {
  const command = new Command('send')
    .summary('send text, lines, bytes or a file')
    .description(
      'Sends each text argument as one datagram. Without arguments, sends each line of standard input as one datagram, without its line ending.',
    )
    .addArgument(
      new Argument('<address>', 'address to send to, or the path of a Unix socket').argParser(
        destinationOrPath,
      ),
    )
    .argument('[text...]', 'texts to send, one datagram each')
    .addOption(
      new Option('--raw', 'send standard input as bytes, in datagrams of --size bytes').conflicts([
        'one',
        'newline',
      ]),
    )
    .addOption(
      new Option(
        '--size <bytes>',
        'with --raw: size of each datagram; only the last may be shorter',
      )
        .argParser(wholeNumber(1, MAX_PAYLOAD_BYTES[6]))
        .default(CHUNK_BYTES),
    )
    .addOption(
      new Option('--one', 'send all of standard input as one datagram').conflicts([
        'raw',
        'newline',
      ]),
    )
    .option('--newline', 'end each line and text with a newline, as netcat does')
    .addOption(new Option('--rate <n>', 'at most n datagrams a second').argParser(positiveNumber))
    .addOption(
      new Option('--repeat <n>', 'send each datagram n times')
        .argParser(wholeNumber(1, Number.MAX_SAFE_INTEGER))
        .default(1),
    )
    .addOption(
      new Option('--local <address>', 'address to send from (default: any free port)').argParser(
        localOrPath,
      ),
    )
    .option('-6, --ipv6', 'use the IPv6 address of a host name that has both')
    .option('--broadcast', 'allow sending to broadcast addresses')
    .option('--interface <name>', 'send multicast on this network interface, by name or address')
    .addOption(
      new Option(
        '--ttl <n>',
        'multicast TTL: the number of routers that a datagram may cross',
      ).argParser(wholeNumber(0, 255)),
    )
    .option('--json', 'print the summary as JSON on standard output at the end')
    .option('-v, --verbose', 'print the summary even if stderr is not a terminal')
    .action(send)
  withExamples(command, [
    ['udpng send 127.0.0.1:1500 hello', 'one datagram'],
    ['udpng send /run/app.sock hello', 'to a Unix socket'],
    ['tail -F app.log | udpng send logs.example.com:514', 'each line as it is written'],
    ['udpng send :1500 --raw --rate 1000 < video.ts', 'a file, at a limited rate'],
    [
      'udpng send :1500 ping --rate 10 --repeat 600',
      'the same text ten times a second, for a minute',
    ],
  ])
  return withLongRunningOptions(command)
}

interface SendOptions extends LongRunningOptions {
  readonly raw?: boolean
  readonly size: number
  readonly one?: boolean
  readonly newline?: boolean
  readonly rate?: number
  readonly repeat: number
  readonly local?: Endpoint
  readonly ipv6?: boolean
  readonly broadcast?: boolean
  readonly interface?: string
  readonly ttl?: number
  readonly json?: boolean
  readonly verbose?: boolean
}

async function send(to: Address, texts: readonly string[], options: SendOptions): Promise<void> {
  const notes = new Notes(options)
  const complaints = new Complaints(notes, { onBroadcast: 'give --broadcast' })
  const SEND = await senderTo(to, options)
  const PACE = new Pace<Uint8Array>({ perSecond: options.rate, repeat: options.repeat })
  const system = new Pipeline(await sourceOf(texts, options), PACE, SEND)
  const began = performance.now()
  const interrupted = await runSystem(system, {
    ...options,
    notes,
    complaints,
    onInterrupt: () => PACE.stop(),
    ...(!process.stdin.isTTY && { progress: () => `${grouped(SEND.stats.sent)} sent` }),
  })
  const seconds = (performance.now() - began) / 1000
  const { sent, sentBytes } = SEND.stats
  const losses = lossesOf(accountOf(system), { sendsOnly: true })
  if (options.json) await printJson({ sent, sentBytes, seconds, ...lossesAsJson(losses) })
  // A script gets no summary, as from other tools, unless something is wrong.
  if (notes.watched || options.verbose || isLossy(losses))
    notes.info(
      `${plural(sent, 'datagram')} sent (${plural(sentBytes, 'byte')}) in ${[`${seconds.toFixed(1)} s`, ...reasons(losses)].join(', ')}`,
    )
  if (interrupted) throw new Exit(exitCodeOf(interrupted))
  if (isLossy(losses)) throw new Exit(1)
}

/** Creates a sender with the source address of the options. */
async function senderTo(
  [receiverAddr, receiverPort]: Address,
  options: SendOptions,
): Promise<UDPSender> {
  const { broadcast, local, interface: name, ttl, ipv6 } = options
  if (isUnixPath(receiverAddr) || isUnixPath(local?.[0]))
    return unixSenderTo([receiverAddr, receiverPort], options)
  const host = kindOfHost(receiverAddr) ? receiverAddr : await resolveHost(receiverAddr, ipv6)
  if ((name !== undefined || ttl !== undefined) && !isGroup(host))
    throw new UsageError(
      name === undefined
        ? `--ttl is for multicast, but ${receiverAddr} is not a multicast address; omit it`
        : `--interface is for multicast, but ${receiverAddr} is not a multicast address; select the interface with --local and one of its addresses`,
    )
  const family = kindOfHost(host) as Family
  const [localAddr, localPort] = await bindAddress(
    local ?? [undefined, 0],
    family === 6 ? '::' : '0.0.0.0',
  )
  checkFamily(localAddr, family, receiverAddr)
  return new UDPSender({
    receiverAddr,
    receiverPort,
    localAddr,
    localPort,
    family,
    ...(broadcast && { broadcast }),
    multicast: {
      ...(name !== undefined && { interface: name }),
      ...(ttl !== undefined && { ttl }),
    },
  })
}

/** Creates a sender to a Unix socket. */
function unixSenderTo(
  [receiverAddr, receiverPort]: Address,
  { broadcast, local, interface: name, ttl, ipv6 }: SendOptions,
): UDPSender {
  const others = { broadcast, interface: name, ttl, ipv6 }
  const [option] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
  if (option !== undefined)
    throw new UsageError(`--${option} has no effect on Unix sockets; omit it`)
  const localAddr =
    local && (isUnixPath(local[0]) ? local[0] : formatAddress([local[0] ?? '*', local[1]]))
  const to = isUnixPath(receiverAddr) ? receiverAddr : formatAddress([receiverAddr, receiverPort])
  for (const address of [to, localAddr])
    if (address !== undefined && !isUnixPath(address))
      throw new UsageError(
        `${address} is not the path of a Unix socket; the address and --local must both be paths, or neither`,
      )
  return new UDPSender({
    receiverAddr: receiverAddr as UnixPath,
    ...(localAddr !== undefined && { localAddr }),
  })
}

/** The source of the datagrams. */
async function sourceOf(
  texts: readonly string[],
  { raw, one, newline, size }: SendOptions,
): Promise<Component & { readonly outbox: Outbox<Uint8Array> }> {
  const eol = newline ? '\n' : ''
  if (texts.length > 0) {
    if (raw || one)
      throw new UsageError('--raw and --one send standard input; omit the text arguments')
    return new DataSource<Uint8Array>(texts.map((text) => Buffer.from(text + eol)))
  }
  if (one) return new DataSource<Uint8Array>([await readOne()])
  if (raw) return new ChunkReader({ size })
  // latin1 takes each byte for a character, and back: so bytes that are not UTF-8 stay what they are.
  process.stdin.setEncoding('latin1')
  return new Pipeline(
    new ConsoleReader({ eol }),
    new Transformer((line: string): Uint8Array => Buffer.from(line, 'latin1')),
  )
}

/** Reads all of standard input, if it fits into a datagram. */
async function readOne(): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > MAX_PAYLOAD_BYTES[4])
      throw new Error(
        `standard input is longer than ${MAX_PAYLOAD_BYTES[4]} bytes, the maximum of one datagram; use --raw`,
      )
  }
  return Buffer.concat(chunks)
}
