import { Graphline } from '@udpng/chassis'
import { ConsoleEchoer } from '@udpng/console'
import { accountOf } from '@udpng/core/account'
import {
  type Datagram,
  type Endpoint,
  formatAddress,
  isGroup,
  isSameHost,
  isUnixPath,
  kindOfHost,
} from '@udpng/datagram'
import { First, Transformer } from '@udpng/flow'
import { UDPReceiver } from '@udpng/peers'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { endOf, UsageError } from '../failure.js'
import {
  type LongRunningOptions,
  withExamples,
  withLongRunningOptions,
} from '../options/common-options.js'
import { bindAddress, isAny, localOrPath } from '../options/endpoint.js'
import { type ExactArguments, exactOption } from '../options/exact-option.js'
import { grouped, plural, wholeNumber } from '../options/quantities.js'
import { Complaints } from '../output/complaints.js'
import { describe, lossesOf } from '../output/losses.js'
import { Notes } from '../output/notes.js'
import { rawOutput } from '../output/raw-output.js'
import { asHex, asJson } from '../output/show-datagram.js'
import { runSystem } from '../run-system.js'

/** `udpng listen :1500`: writes every datagram that arrives to standard output. */
export function listenCommand(): Command {
  const forms = ['raw', 'hex', 'json']
  const conflicts = (form: string): string[] => forms.filter((other) => other !== form)
  const command = new Command('listen')
    .summary('print every datagram that arrives')
    .description('Prints every datagram that arrives, with its source address.')
    .addArgument(
      new Argument('<address>', 'address to listen on, or the path of a Unix socket').argParser(
        localOrPath,
      ),
    )
    .addOption(
      new Option(
        '--json',
        'print one line of JSON per datagram: time, host, port, bytes, base64, text',
      ).conflicts(conflicts('json')),
    )
    .addOption(new Option('--hex', 'print the bytes in hexadecimal').conflicts(conflicts('hex')))
    .addOption(
      new Option('--raw', 'print only the bytes of the datagrams, unescaped').conflicts(
        conflicts('raw'),
      ),
    )
    .addOption(
      new Option('--count <n>', 'exit after n datagrams').argParser(
        wholeNumber(1, Number.MAX_SAFE_INTEGER),
      ),
    )
    .addOption(
      new Option('--group <ip>', 'join this multicast group; may be given several times').argParser(
        group,
      ),
    )
    .option('--interface <name>', 'join --group on this network interface, by name or address')
    .addOption(
      new Option('--source <ip>', 'receive multicast only from this host; needs --group').argParser(
        source,
      ),
    )
    .addOption(
      new Option('--recv-buffer <bytes>', "size of the kernel's receive buffer").argParser(
        wholeNumber(1, 0x7fffffff),
      ),
    )
    .addOption(exactOption())
    .action(listen)
  withExamples(command, [
    ['udpng listen :1500', 'on all addresses of this machine, IPv4 and IPv6'],
    ['udpng listen :514 --json | jq -r .text', 'the text of syslog messages'],
    ['udpng listen :5353 --group 224.0.0.251 --hex', 'multicast DNS, as bytes'],
    ['udpng listen /run/app.sock', 'a Unix socket; @name is an abstract one'],
    ['udpng listen :7000 --raw --count 1 > reply', 'one datagram, into a file'],
  ])
  return withLongRunningOptions(command)
}

/** Reads `--group`, which may be given several times. */
function group(text: string, before: readonly string[] = []): readonly string[] {
  if (!isGroup(text))
    throw new InvalidArgumentError('It must be a multicast address (224.0.0.0/4 or ff00::/8).')
  return [...before, text]
}

/** Reads `--source`. */
function source(text: string): string {
  if (!kindOfHost(text) || isGroup(text))
    throw new InvalidArgumentError('It must be the IP address of a host.')
  return text
}

interface ListenOptions extends LongRunningOptions, ExactArguments {
  readonly json?: boolean
  readonly hex?: boolean
  readonly raw?: boolean
  readonly count?: number
  readonly group?: readonly string[]
  readonly interface?: string
  readonly source?: string
  readonly recvBuffer?: number
}

async function listen(address: Endpoint, options: ListenOptions): Promise<void> {
  const notes = new Notes(options)
  const complaints = new Complaints(notes, { flags: { recvBufferSize: '--recv-buffer' } })
  const { group: groups = [], raw = false } = options
  const [host] = address
  if (isUnixPath(host)) refuseOnUnix(options)
  // A socket bound to an address of this machine receives no multicast.
  const isBoundToGroup = groups.some((group) => host !== undefined && isSameHost(group, host))
  if (groups.length > 0 && !isAny(host) && !isBoundToGroup)
    throw new UsageError(`a socket bound to ${host} receives no multicast; use :${address[1]}`)
  if (groups.length === 0 && options.interface !== undefined)
    throw new UsageError(
      '--interface has no effect without --group; add --group, or listen on an address of the interface',
    )
  const sources = options.source === undefined ? [] : [options.source]
  if (groups.length === 0 && sources.length > 0)
    throw new UsageError('--source has no effect without --group; add --group')
  const families = new Set([...(host ? [host] : []), ...groups, ...sources].map(kindOfHost))
  if (groups.length > 0 && families.size > 1) {
    const given = groups.map((ip) => `--group ${ip}`)
    given.push(...sources.map((ip) => `--source ${ip}`))
    if (host !== undefined) given.unshift(formatAddress([host, address[1]]))
    throw new UsageError(
      `${given.join(', ')}: IPv4 and IPv6 are mixed; use addresses of one family`,
    )
  }
  const anyHost = groups.length > 0 ? (kindOfHost(groups[0]) === 6 ? '::' : '0.0.0.0') : undefined
  const [localAddr, localPort] = await bindAddress(address, anyHost)
  const UDP = new UDPReceiver({
    localAddr,
    localPort,
    onProducerFinished: 'drain',
    exactDrops: options.exact ?? false,
    // Programs that listen to a group share its port.
    ...(groups.length > 0 && { reuseAddr: true }),
    ...((groups.length > 0 || options.interface !== undefined) && {
      multicast: {
        groups: groups.map((group) => (options.source ? { group, source: options.source } : group)),
        ...(options.interface && { interface: options.interface }),
      },
    }),
    ...(options.recvBuffer && { recvBufferSize: options.recvBuffer }),
  })
  const FIRST = new First<Datagram>({ count: options.count ?? Infinity })
  const SHOW = new Transformer(formOf(options))
  const OUT = new ConsoleEchoer<Datagram | string>(raw ? { output: rawOutput() } : {})
  const system = new Graphline(
    { UDP, FIRST, SHOW, OUT },
    {
      'self.control': 'UDP.control',
      'UDP.outbox': 'FIRST.inbox',
      'UDP.signal': 'FIRST.control',
      'FIRST.enough': 'UDP.control',
      'FIRST.outbox': 'SHOW.inbox',
      'FIRST.signal': 'SHOW.control',
      'SHOW.outbox': 'OUT.inbox',
      'SHOW.signal': 'OUT.control',
    },
  )
  UDP.bound.then(
    (bound) => {
      notes.info(`listening on ${formatAddress(bound)}`)
      const isShared = process.platform === 'linux' && !UDP.capabilities.includes('ownGroups')
      if (groups.length > 0 && isShared)
        notes.info(
          'also shows datagrams of multicast groups that other programs on this machine have joined; install @udpng/native to show only --group',
        )
    },
    () => {}, // runSystem reports it
  )
  const interrupted = await runSystem(system, {
    ...options,
    notes,
    complaints,
    lossLines: true,
    ...(!process.stdout.isTTY && { progress: () => `${grouped(OUT.inbox.taken)} written` }),
  })
  const { received, receivedBytes } = UDP.stats
  const account = accountOf(system)
  const written = account.parts['OUT']?.consumed ?? 0
  const losses = lossesOf(account)
  notes.info(
    `${plural(received, 'datagram')} received (${plural(receivedBytes, 'byte')}), ${grouped(written)} written, ${describe(losses)}`,
  )
  endOf(interrupted)
}

/** Refuses options that Unix sockets do not have. */
function refuseOnUnix({ group, interface: name, source, recvBuffer }: ListenOptions): void {
  const given = { group, interface: name, source, 'recv-buffer': recvBuffer }
  for (const [option, value] of Object.entries(given))
    if (value !== undefined)
      throw new UsageError(`--${option} has no effect on Unix sockets; omit it`)
}

/** Returns the function that formats a datagram. */
function formOf({ json, hex, raw }: ListenOptions): (datagram: Datagram) => Datagram | string {
  if (json) return (datagram) => asJson(datagram, new Date())
  if (hex) return asHex
  if (raw) return ([data]) => data.toString('latin1')
  return (datagram) => datagram
}
