import { Graphline } from '@udpng/chassis'
import { ConsoleEchoer, ConsoleReader } from '@udpng/console'
import { messages } from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import {
  type Address,
  type Datagram,
  type Endpoint,
  formatAddress,
  kindOfHost,
} from '@udpng/datagram'
import { SimplePeer } from '@udpng/peers'
import { Command, Option } from 'commander'
import { Exit, endOf } from '../failure.js'
import {
  type LongRunningOptions,
  withExamples,
  withLongRunningOptions,
} from '../options/common-options.js'
import { bindAddress, checkFamily, destination, familyOf, local } from '../options/endpoint.js'
import { duration, grouped, plural } from '../options/quantities.js'
import { Complaints } from '../output/complaints.js'
import { describe, isLossy, lossesOf } from '../output/losses.js'
import { Notes } from '../output/notes.js'
import { runSystem } from '../run-system.js'

const PROMPT = '>>> '
/** Takes the line of the prompt. */
const OVER_PROMPT = '\r\x1b[K'

/** `udpng console --local 127.0.0.1:1501 --to myserver.com:1500`: lines out as datagrams, datagrams in as lines. */
export function consoleCommand(): Command {
  const command = new Command('console')
    .summary('send each line that you type, and show the replies')
    .description(
      'Sends each line of standard input, with its newline, as one datagram, and prints every datagram that arrives. Ctrl-D quits.',
    )
    .addOption(
      new Option('--to <address>', 'address to send to')
        .argParser(destination)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--local <address>',
        'address to send from and listen on (default: any free port)',
      ).argParser(local),
    )
    .addOption(
      new Option('--linger <time>', 'time to wait for replies after the last line')
        .argParser(duration(0))
        .default(1000, '1s'),
    )
    .option('-6, --ipv6', 'use the IPv6 address of a host name that has both')
    .action(talk)
  withExamples(command, [
    ['udpng console --to 127.0.0.1:1500', 'talk to `udpng echo 127.0.0.1:1500`'],
    ['udpng console --local 127.0.0.1:1501 --to myserver.com:1500', 'from a fixed port'],
    [
      'echo status | udpng console --to :8125',
      'send one line, and print the replies of one second',
    ],
  ])
  return withLongRunningOptions(command)
}

interface ConsoleOptions extends LongRunningOptions {
  readonly to: Address
  readonly local?: Endpoint
  readonly linger: number
  readonly ipv6?: boolean
}

async function talk(options: ConsoleOptions): Promise<void> {
  const onTerminal = Boolean(process.stdin.isTTY && process.stdout.isTTY)
  const [receiverAddr, receiverPort] = options.to
  const ipv6 = options.ipv6 ?? kindOfHost(options.local?.[0]) === 6
  const family = await familyOf(receiverAddr, ipv6)
  const [localAddr, localPort] = await bindAddress(
    options.local ?? [undefined, 0],
    family === 6 ? '::' : '0.0.0.0',
  )
  checkFamily(localAddr, family, receiverAddr)
  const READ = new ConsoleReader({ prompt: PROMPT })
  const UDP = new SimplePeer({
    receiverAddr,
    receiverPort,
    localAddr,
    localPort,
    family,
    onProducerFinished: 'drain',
    lingerMs: options.linger,
  })
  const OUT = new ConsoleEchoer<Datagram>({
    tag: onTerminal ? OVER_PROMPT : '',
    forwarder: true,
  })
  const system = new Graphline(
    { READ, UDP, OUT },
    {
      'self.control': 'READ.control',
      'READ.outbox': 'UDP.inbox',
      'READ.signal': 'UDP.control',
      'UDP.outbox': 'OUT.inbox',
      'UDP.signal': 'OUT.control',
    },
  )
  const promptAgain = (): void => {
    if (onTerminal && !READ.ended) process.stdout.write(OVER_PROMPT + PROMPT)
  }
  const notes = new Notes({ ...options, promptAgain })
  const complaints = new Complaints(notes)
  const shown = (async () => {
    for await (const _ of messages(OUT.outbox)) promptAgain()
  })()
  UDP.bound.then(
    (bound) => {
      notes.info(
        `sending to ${formatAddress(options.to)}, listening on ${formatAddress(bound)}; type a line, Ctrl-D quits`,
      )
    },
    () => {}, // runSystem reports it
  )
  // After Ctrl-C it does not wait for replies.
  const interrupted = await runSystem(system, { ...options, notes, complaints, drainMs: 100 })
  await shown
  const { sent, received } = UDP.stats
  const losses = lossesOf(accountOf(system))
  notes.info(`${plural(sent, 'datagram')} sent, ${grouped(received)} received, ${describe(losses)}`)
  endOf(interrupted)
  if (isLossy(losses)) throw new Exit(1)
}
