import { Graphline, Sessions } from '@udpng/chassis'
import { accountOf } from '@udpng/core/account'
import { type Address, type Endpoint, formatAddress } from '@udpng/datagram'
import { PostboxPeer } from '@udpng/peers'
import { Argument, Command, Option } from 'commander'
import { endOf, UsageError } from '../failure.js'
import { Guard } from '../guard/guard.js'
import {
  type GuardArguments,
  guardOptions,
  reach,
  withGuardOptions,
} from '../guard/guard-arguments.js'
import { askedAddressNote, detailsFor } from '../options/asked-address.js'
import {
  type LongRunningOptions,
  withExamples,
  withLongRunningOptions,
} from '../options/common-options.js'
import { bindAddress, destinations, isSocket, local } from '../options/endpoint.js'
import { type ExactArguments, exactOption } from '../options/exact-option.js'
import { duration, grouped, plural, wholeNumber } from '../options/quantities.js'
import { Complaints } from '../output/complaints.js'
import { describe, lossesAsJson, lossesOf } from '../output/losses.js'
import { Notes } from '../output/notes.js'
import { printJson } from '../output/print-out.js'
import { relayCapacity } from '../relay/relay-capacity.js'
import { findTargets, leadsTo } from '../relay/relay-targets.js'
import { Uplinks } from '../relay/uplinks.js'
import { runSystem } from '../run-system.js'

/** Time after an interrupt to pass on replies, milliseconds. */
const LINGER_MS = 100

/** `udpng relay 127.0.0.1:7000 --to A:1 --to B:2`: passes datagrams on to targets, and replies back to their sources. */
export function relayCommand(): Command {
  const command = new Command('relay')
    .summary('forward datagrams to other hosts, and return their replies')
    .description(
      'Forwards every datagram to all targets; with --balance, to one target per client. Each client has a socket of its own, so that replies reach it. Host names are looked up once, at the start.',
    )
    .addArgument(new Argument('<address>', 'address to listen on').argParser(local))
    .addOption(
      new Option('--to <address>', 'target to forward to; may be given several times')
        .argParser(destinations)
        .makeOptionMandatory(),
    )
    .option('--balance', 'round robin: send each client to one target instead of to all')
    .addOption(
      new Option(
        '--idle <time>',
        'idle timeout: close the session of a client after this time without a datagram',
      )
        .argParser(duration(1))
        .default(60_000, '1m'),
    )
    .addOption(
      new Option('--clients <n>', 'at most n clients at a time; then a new one replaces another')
        .argParser(wholeNumber(1, 1_000_000))
        .default(1024),
    )
    .option('--json', 'print the summary as JSON on standard output at the end')
    .addOption(exactOption())
    .action(relay)
  withGuardOptions(command)
  withExamples(command, [
    [
      'udpng relay 127.0.0.1:7000 --to a.example.com:1 --to b.example.com:2',
      'each datagram to both',
    ],
    [
      'udpng relay 127.0.0.1:5300 --to 9.9.9.9:53 --to 1.1.1.1:53 --balance',
      'round robin by client',
    ],
    ['udpng relay 127.0.0.1:8125 --to [::1]:8125', 'from IPv4 to IPv6'],
    ['udpng relay :7000 --allow 192.168.0.0/16 --to a.example.com:1', 'for clients of a network'],
  ])
  return withLongRunningOptions(command)
}

interface RelayOptions extends LongRunningOptions, GuardArguments, ExactArguments {
  readonly to: readonly Address[]
  readonly balance?: boolean
  readonly idle: number
  readonly clients: number
  readonly json?: boolean
}

async function relay(address: Endpoint, options: RelayOptions): Promise<void> {
  const notes = new Notes(options)
  const complaints = new Complaints(notes)
  const targets = await findTargets(options.to)
  const [localAddr, localPort] = await bindAddress(address)
  let bound: Address | undefined
  const itself = targets.addresses.find((target) => leadsTo(target, [localAddr, localPort]))
  if (itself)
    throw new UsageError(
      `--to ${formatAddress(itself)} leads back to the relay itself; choose another target, or listen on one address only`,
    )
  const details = detailsFor(localAddr)
  const UDP = new PostboxPeer({
    localAddr,
    localPort,
    details,
    onProducerFinished: 'drain',
    exactDrops: options.exact ?? false,
    lingerMs: LINGER_MS,
  })
  const { clients, why } = relayCapacity(options.clients)
  if (why !== undefined) notes.info(why)
  const uplinks = new Uplinks(targets, options.balance ?? false, options.exact ?? false)
  const SESSIONS = new Sessions(() => uplinks.open(), {
    idleMs: options.idle,
    capacity: clients,
  })
  const GUARD = new Guard({
    ...guardOptions(options),
    newPortsOnly: true,
    isOwn: (host, port) => uplinks.hasPort(port) || isSocket(bound, host, port),
  })
  const system = new Graphline(
    { UDP, GUARD, SESSIONS },
    {
      'UDP.outbox': 'GUARD.inbox',
      'GUARD.outbox': 'SESSIONS.inbox',
      'SESSIONS.outbox': 'UDP.inbox',
      'UDP.signal': 'GUARD.control',
      'GUARD.signal': 'SESSIONS.control',
    },
  )
  UDP.bound.then(
    (address) => {
      bound = address
      notes.info(
        `relaying from ${formatAddress(address)} to ${targets.addresses.map(formatAddress).join(options.balance ? ' or ' : ' and ')}`,
      )
      notes.info(reach(address, options.allow))
      const note = askedAddressNote(address, details)
      if (note !== undefined) notes.info(note)
    },
    () => {}, // runSystem reports it
  )
  const interrupted = await runSystem(system, {
    ...options,
    notes,
    complaints,
    lossLines: true,
    progress: () =>
      `${plural(SESSIONS.stats.started - SESSIONS.stats.ended, 'session')}, ${grouped(UDP.stats.received)} received, ${grouped(UDP.stats.sent)} returned`,
  })
  const { started } = SESSIONS.stats
  const { received, sent: returned } = UDP.stats
  const account = accountOf(system)
  const { sent: forwarded = 0, received: replies = 0 } = account.parts['SESSIONS'] ?? {}
  const losses = lossesOf(account)
  if (options.json)
    await printJson({
      sessions: started,
      received,
      forwarded,
      replies,
      returned,
      ...lossesAsJson(losses),
    })
  notes.info(
    `${plural(received, 'datagram')} received in ${plural(started, 'session')}, ${grouped(forwarded)} forwarded, ${plural(replies, 'reply', 'replies')} received, ${grouped(returned)} returned, ${describe(losses)}`,
  )
  endOf(interrupted)
}
