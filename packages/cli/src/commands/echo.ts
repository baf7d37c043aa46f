import type { Datagram } from '@udpng/basic-peer'
import { Graphline } from '@udpng/chassis'
import { Transformer } from '@udpng/flow'
import { type Letter, PostboxPeer } from '@udpng/peers'
import { Argument, Command } from 'commander'
import { type LongRunningOptions, withExamples, withLongRunningOptions } from '../common-options.js'
import { Complaints } from '../complaints.js'
import { bindAddress, type Endpoint, local } from '../endpoint.js'
import { describe, lossesOf, sum } from '../losses.js'
import { Notes } from '../notes.js'
import { printOut } from '../print-out.js'
import { grouped, plural } from '../quantities.js'
import { runSystem } from '../run-system.js'
import { showAddress } from '../show-address.js'

/** After an interrupt, for so long answers to what has arrived already are sent. */
const LINGER_MS = 100

/** `udpng echo :1500`: sends every datagram back to where it came from. */
export function echoCommand(): Command {
  const command = new Command('echo')
    .summary('send every datagram back to where it came from')
    .description('Sends every datagram back to where it came from.')
    .addArgument(new Argument('<address>', 'where to listen').argParser(local))
    .option('--json', 'at the end, what became of all datagrams, as JSON on standard output')
    .action(echo)
  withExamples(command, [
    ['udpng echo :1500', 'on all addresses of this machine, IPv4 and IPv6'],
    ['udpng echo 127.0.0.1:0', 'on a free port, which it tells'],
  ])
  return withLongRunningOptions(command)
}

interface EchoOptions extends LongRunningOptions {
  readonly json?: boolean
}

async function echo(address: Endpoint, options: EchoOptions): Promise<void> {
  const notes = new Notes(options)
  const complaints = new Complaints(notes)
  const [localAddr, localPort] = await bindAddress(address)
  const UDP = new PostboxPeer({
    localAddr,
    localPort,
    onProducerFinished: 'drain',
    lingerMs: LINGER_MS,
  })
  const ANSWER = new Transformer(([data, [host, port]]: Datagram): Letter => [host, port, data])
  const system = new Graphline(
    { UDP, ANSWER },
    {
      'UDP.outbox': 'ANSWER.inbox',
      'ANSWER.outbox': 'UDP.inbox',
      'UDP.signal': 'ANSWER.control',
    },
  )
  const told = complaints.listen(UDP.errors)
  UDP.bound.then(
    (bound) => notes.say(`echoing at ${showAddress(bound)}`),
    () => {}, // runSystem tells
  )
  await runSystem(system, {
    ...options,
    notes,
    progress: () => `${grouped(UDP.stats.received)} received, ${grouped(UDP.stats.sent)} sent back`,
  })
  await told
  complaints.flush()
  const { received, sent } = UDP.stats
  const losses = sum(lossesOf(UDP.stats), {
    unsent: ANSWER.inbox.dropped + UDP.outbox.discarded + ANSWER.outbox.discarded,
  })
  if (options.json) await printOut(`${JSON.stringify({ received, sent, lost: losses })}\n`)
  notes.say(
    `${plural(received, 'datagram')} received, ${grouped(sent)} sent back, ${describe(losses)}`,
  )
}
