import {
  badOption,
  checkOptions,
  flag,
  type Kind,
  type Option,
  type OptionTable,
  oneOf,
  whole,
} from '@udpng/core/options'
import { type Address, type Family, isGroup, kindOfHost } from '@udpng/datagram'
import type { TransportChoice } from './choose-transport.js'
import { DEFAULT_LOOKUP_TTL_MS } from './names.js'
import type {
  LocalOptions,
  PeerOptions,
  ReceiverOptions,
  SendingMulticastOptions,
  SourceOptions,
  TwoWayOptions,
} from './peer-options.js'
import type { DatagramTransport, MulticastOptions } from './transport.js'

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
  broadcast: { kind: flag, default: false },
  ttl: {
    kind: whole,
    min: 1,
    max: 255,
  },
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
    accepts: (value) => Boolean(kindOfHost(value)),
    must: () => 'an IP address',
  },
}
const LOCAL_PORT: Option = { kind: whole, min: 0, max: 65535, default: 0 }
const INTERFACE: Option = {
  kind: {
    accepts: (value) => typeof value === 'string',
    must: () => 'the name or an address of an interface',
  },
}
const MULTICAST_TTL: Option = { kind: whole, min: 0, max: 255, default: 1 }
const LOOPBACK: Option = { kind: flag, default: true }

const MULTICAST: OptionTable<MulticastOptions> = {
  groups: {
    kind: {
      // `every` would not see holes
      accepts: (value) => Array.isArray(value) && value.findIndex((group) => !isGroup(group)) < 0,
      must: () => 'a list of multicast addresses (224.0.0.0/4, ff00::/8)',
    },
  },
  interface: INTERFACE,
  ttl: MULTICAST_TTL,
  loopback: LOOPBACK,
}

const SENDING_MULTICAST: OptionTable<SendingMulticastOptions> = {
  interface: INTERFACE,
  ttl: MULTICAST_TTL,
  loopback: LOOPBACK,
}

/** Objects. A value that throws when it is inspected is refused. */
const readable: Kind = {
  accepts: (value) => typeof value === 'object' && value !== null && isReadable(value),
  must: () => 'an object',
}

/** Throws if code of the object that runs when its members are read throws. */
function isReadable(value: object): boolean {
  return Object.keys({ ...value }).length >= 0
}

/** Options of a peer that receives, in addition to the common ones. */
export const LOCAL: OptionTable<Omit<LocalOptions, keyof PeerOptions>> = {
  localAddr: LOCAL_ADDR,
  localPort: LOCAL_PORT,
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
  multicast: { kind: readable, options: SENDING_MULTICAST },
}

/** Options of a peer with one destination, in addition to the common ones. */
export const RECEIVER: OptionTable<Omit<ReceiverOptions, keyof PeerOptions>> = {
  receiverAddr: {
    kind: {
      accepts: (value) => kindOfHost(value) !== undefined,
      must: () => 'a host name or IP address',
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

/** The options of a peer, checked, and the addresses that follow from them. */
export interface Settings extends LocalOptions, Pick<TwoWayOptions, 'onlyFromReceiver'> {
  readonly family: Family
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
  options?: TwoWayOptions,
  own: OptionTable<object> = {},
): Settings {
  const table: OptionTable<TwoWayOptions> = { ...COMMON, ...own } as OptionTable<TwoWayOptions>
  const given = checkOptions(attempt, table, options)
  const { localAddr, localPort = 0, receiverAddr, receiverPort, multicast } = given
  if (receiverAddr !== undefined && receiverPort === undefined)
    throw badOption(attempt, 'receiverPort', receiverPort, 'given with receiverAddr')
  let { family } = given
  const hosts = { localAddr, receiverAddr, ...multicast?.groups }
  for (const [name, host] of Object.entries(hosts)) {
    const kind = kindOfHost(host) || family
    family ??= kind
    if (kind !== family)
      throw badOption(
        attempt,
        name in given ? name : 'multicast.groups',
        host,
        `of IPv${family}, as the other options are`,
      )
  }
  family ??= 4
  const anywhere = family === 6 ? '::' : '0.0.0.0'
  return {
    ...given,
    transport: chosenTransport(attempt, given.transport),
    family,
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
