import { Graphline } from '@udpng/chassis'
import { accountOf } from '@udpng/core/account'
import { type Address, type Endpoint, formatAddress } from '@udpng/datagram'
import { Reply } from '@udpng/flow'
import { PostboxPeer } from '@udpng/peers'
import { Argument, Command } from 'commander'
import { endOf } from '../failure.js'
import { Guard } from '../guard/guard.js'
import {
  type DefaultRates,
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
import { bindAddress, isSocket, local } from '../options/endpoint.js'
import { type ExactArguments, exactOption } from '../options/exact-option.js'
import { grouped, plural } from '../options/quantities.js'
import { Complaints } from '../output/complaints.js'
import { describe, lossesAsJson, lossesOf } from '../output/losses.js'
import { Notes } from '../output/notes.js'
import { printJson } from '../output/print-out.js'
import { runSystem } from '../run-system.js'

/** Time after an interrupt to answer datagrams that have already arrived, milliseconds. */
const LINGER_MS = 100
/**
 * Default rates for clients on other machines: forged source addresses can make an echo server send to any host. The total
 * rate bounds a flood from more addresses than the Guard keeps records of.
 */
const RATES: DefaultRates = { rate: 100_000, ratePerHost: 10_000 }

/** `udpng echo 127.0.0.1:1500`: sends every datagram back to its source. */
export function echoCommand(): Command {
  const command = new Command('echo')
    .summary('send every datagram back to where it came from')
    .description('Sends every datagram back to where it came from.')
    .addArgument(new Argument('<address>', 'address to listen on').argParser(local))
    .option('--json', 'print the summary as JSON on standard output at the end')
    .addOption(exactOption())
    .action(echo)
  withGuardOptions(command, RATES)
  withExamples(command, [
    ['udpng echo 127.0.0.1:1500', 'for programs on this machine'],
    ['udpng echo :1500 --allow 192.168.0.0/16', 'for clients of one network'],
    ['udpng echo 127.0.0.1:0', 'on a free port, which it prints'],
  ])
  return withLongRunningOptions(command)
}

interface EchoOptions extends LongRunningOptions, GuardArguments, ExactArguments {
  readonly json?: boolean
}

async function echo(address: Endpoint, options: EchoOptions): Promise<void> {
  const notes = new Notes(options)
  const complaints = new Complaints(notes)
  const [localAddr, localPort] = await bindAddress(address)
  let bound: Address | undefined
  const details = detailsFor(localAddr)
  const UDP = new PostboxPeer({
    localAddr,
    localPort,
    details,
    onProducerFinished: 'drain',
    exactDrops: options.exact ?? false,
    lingerMs: LINGER_MS,
  })
  const GUARD = new Guard({
    ...guardOptions(options, RATES),
    isOwn: (host, port) => isSocket(bound, host, port),
  })
  const ANSWER = new Reply()
  const system = new Graphline(
    { UDP, GUARD, ANSWER },
    {
      'UDP.outbox': 'GUARD.inbox',
      'GUARD.outbox': 'ANSWER.inbox',
      'ANSWER.outbox': 'UDP.inbox',
      'UDP.signal': 'GUARD.control',
      'GUARD.signal': 'ANSWER.control',
    },
  )
  UDP.bound.then(
    (address) => {
      bound = address
      notes.info(`echoing on ${formatAddress(address)}`)
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
    progress: () => `${grouped(UDP.stats.received)} received, ${grouped(UDP.stats.sent)} sent back`,
  })
  const { received, sent } = UDP.stats
  const losses = lossesOf(accountOf(system))
  if (options.json) await printJson({ received, sent, ...lossesAsJson(losses) })
  notes.info(
    `${plural(received, 'datagram')} received, ${grouped(sent)} sent back, ${describe(losses)}`,
  )
  endOf(interrupted)
}
