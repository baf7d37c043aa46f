import {
  badOption,
  checkOptions,
  flag,
  type Option,
  type OptionTable,
  oneOf,
  whole,
} from '@udpng/core/options'
import { type Address, type Family, isUnixPath, kindOfHost } from '@udpng/datagram'
import type { TransportChoice } from './choose-transport.js'
import {
  BROADCAST,
  DONT_FRAGMENT,
  DSCP,
  ECN,
  MULTICAST,
  readable,
  SENDING_MULTICAST,
  TTL,
} from './multicast-options.js'
import { DEFAULT_LOOKUP_TTL_MS } from './names.js'
import type {
  ConnectedOptions,
  LocalOptions,
  PeerOptions,
  QueueOptions,
  ReceiverOptions,
  SourceOptions,
  TwoWayOptions,
} from './peer-options.js'
import type { DatagramTransport } from './transport.js'
import { unixAddresses } from './unix-options.js'

export const DEFAULT_DRAIN_TIMEOUT_MS = 5000
const MAX_MS = 0x7fffffff
const MAX_BYTES = 0x7fffffff
const CHOICES: readonly unknown[] = ['auto', 'native', 'dgram']

/** Options that every peer has. */
const COMMON: OptionTable<PeerOptions> = {
  name: {
    kind: {
      accepts: (value) => typeof value === 'string' && value !== '',
      must: () => 'a string that is not empty',
    },
  },
  family: {
    kind: oneOf,
    values: [4, 6],
  },
  reuseAddr: {
    kind: flag,
    default: false,
  },
  reusePort: {
    kind: flag,
    default: false,
  },
  ipv6Only: { kind: flag, default: false },
  sendBufferSize: {
    kind: whole,
    unit: 'bytes',
    min: 1,
    max: MAX_BYTES,
  },
  broadcast: BROADCAST,
  ttl: TTL,
  dscp: DSCP,
  ecn: ECN,
  dontFragment: DONT_FRAGMENT,
  lookup: {
    kind: {
      accepts: (value) => typeof value === 'function',
      must: () => 'a function like dns.lookup',
    },
  },
  lookupTtlMs: {
    kind: whole,
    unit: 'milliseconds',
    min: 0,
    max: MAX_MS,
    default: DEFAULT_LOOKUP_TTL_MS,
  },
  drainTimeoutMs: {
    kind: whole,
    unit: 'milliseconds',
    min: 0,
    max: MAX_MS,
    default: DEFAULT_DRAIN_TIMEOUT_MS,
  },
  transport: {
    kind: {
      accepts: (value) =>
        CHOICES.includes(value) || typeof (value as DatagramTransport).open === 'function',
      must: () => '"auto", "native", "dgram" or a DatagramTransport',
    },
    default: 'auto',
  },
}

const LOCAL_ADDR: Option = {
  kind: {
    accepts: (value) => Boolean(kindOfHost(value)) || isUnixPath(value),
    must: () => 'an IP address, or the path of a Unix socket',
  },
}
const DESCRIPTOR: Option = { kind: whole, min: 0, max: 0x7fffffff }
const LOCAL_PORT: Option = { kind: whole, min: 0, max: 65535, default: 0 }
/** Options of a peer that receives, in addition to the common ones. */
export const LOCAL: OptionTable<Omit<LocalOptions, keyof PeerOptions>> = {
  localAddr: LOCAL_ADDR,
  localPort: LOCAL_PORT,
  fd: DESCRIPTOR,
  details: {
    kind: flag,
    default: false,
  },
  onProducerFinished: {
    kind: oneOf,
    values: ['ignore', 'drain'],
    default: 'ignore',
  },
  lingerMs: {
    kind: whole,
    unit: 'milliseconds',
    min: 0,
    max: MAX_MS,
    default: 0,
  },
  recvBufferSize: {
    kind: whole,
    unit: 'bytes',
    min: 1,
    max: MAX_BYTES,
  },
  exactDrops: {
    kind: flag,
    default: false,
  },
  multicast: { kind: readable, options: MULTICAST },
}

/** Options of a peer that only sends, in addition to the common ones and `RECEIVER`: its source address. */
export const SOURCE: OptionTable<Omit<SourceOptions, keyof PeerOptions>> = {
  localAddr: LOCAL_ADDR,
  localPort: LOCAL_PORT,
  fd: DESCRIPTOR,
  multicast: { kind: readable, options: SENDING_MULTICAST },
}

/** Options of a peer that sends, in addition to the common ones: those of its inbox. */
export const QUEUE: OptionTable<QueueOptions> = {
  capacity: { kind: whole, min: 1, max: Infinity },
  whenFull: { kind: oneOf, values: ['accept', 'throw', 'dropNewest', 'dropOldest'] },
}

/** Options of a peer with one destination, in addition to the common ones. */
export const RECEIVER: OptionTable<Omit<ReceiverOptions, keyof PeerOptions>> = {
  receiverAddr: {
    kind: {
      accepts: (value) => kindOfHost(value) !== undefined || isUnixPath(value),
      must: () => 'a host name, an IP address, or the path of a Unix socket',
    },
  },
  receiverPort: {
    kind: whole,
    min: 0,
    max: 65535,
    default: 0,
  },
}

/** Options of a peer that receives and has one destination, in addition to `LOCAL` and `RECEIVER`. */
export const TWO_WAY: OptionTable<Pick<TwoWayOptions, 'onlyFromReceiver'>> = {
  onlyFromReceiver: {
    kind: flag,
    default: false,
  },
}

/** The option of a peer whose one destination never changes, in addition to `RECEIVER`. */
export const CONNECTED: OptionTable<ConnectedOptions> = {
  connected: { kind: flag, default: false },
}

/** The options of a peer, checked, and the addresses that follow from them. */
export interface Settings
  extends LocalOptions,
    ConnectedOptions,
    QueueOptions,
    Pick<TwoWayOptions, 'onlyFromReceiver'> {
  readonly family: Family
  /** Whether the socket is a Unix socket; the family then means nothing. */
  readonly unix: boolean
  readonly local: Address
  /** Undefined if there is none. */
  readonly receiver: Address | undefined
  readonly transport: TransportChoice
}

/**
 * Checks the options of a peer, and derives its addresses. An undefined value means that the option was not given.
 *
 * @param attempt - what was attempted, after `cannot`, as in `create SimplePeer`
 * @param own - options in addition to the common ones
 * @throws {UdpngError} `BAD_OPTION` with the option, its value, and the allowed values
 */
export function settle(
  attempt: string,
  options?: TwoWayOptions & ConnectedOptions & QueueOptions,
  own: OptionTable<object> = {},
): Settings {
  const table = { ...COMMON, ...own } as OptionTable<
    TwoWayOptions & ConnectedOptions & QueueOptions
  >
  const given = checkOptions(attempt, table, options)
  const { localAddr, localPort = 0, receiverAddr, receiverPort, multicast, connected } = given
  const unix = unixAddresses(attempt, given)
  if (unix) return { ...given, ...unix, transport: chosenTransport(attempt, given.transport) }
  if (receiverAddr !== undefined && receiverPort === undefined)
    throw badOption(attempt, 'receiverPort', receiverPort, 'given with receiverAddr')
  if (connected && !receiverPort)
    throw badOption(attempt, 'receiverPort', receiverPort, 'a port from 1 to 65535 with connected')
  if (given.fd !== undefined && (localAddr ?? given.localPort) !== undefined)
    throw badOption(attempt, 'fd', given.fd, 'given without localAddr and localPort')
  const hosts: [string, string | undefined][] = [
    ['localAddr', localAddr],
    ['receiverAddr', receiverAddr],
  ]
  for (const given of multicast?.groups ?? []) {
    const { group, source } = typeof given === 'string' ? { group: given } : given
    hosts.push(['multicast.groups', group], ['multicast.groups', source])
  }
  let { family } = given
  for (const [name, host] of hosts) {
    const kind = kindOfHost(host) || family
    family ??= kind
    if (kind !== family)
      throw badOption(attempt, name, host, `of IPv${family}, as the other options are`)
  }
  family ??= 4
  const anywhere = family === 6 ? '::' : '0.0.0.0'
  return {
    ...given,
    transport: chosenTransport(attempt, given.transport),
    family,
    unix: false,
    local: [localAddr ?? anywhere, localPort],
    receiver: receiverPort ? [receiverAddr ?? anywhere, receiverPort] : undefined,
  }
}

/** The option; for `"auto"`, the value of the environment variable. */
function chosenTransport(attempt: string, given: TransportChoice = 'auto'): TransportChoice {
  const variable = process.env['UDPNG_TRANSPORT']
  if (given !== 'auto' || variable === undefined) return given
  if (CHOICES.includes(variable)) return variable as TransportChoice
  throw badOption(attempt, 'UDPNG_TRANSPORT', variable, 'auto, native or dgram')
}
