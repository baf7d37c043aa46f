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
  SourceOptions,
  TwoWayOptions,
} from './peer-options.js'
import type {
  ChangeableOptions,
  DatagramTransport,
  Membership,
  MulticastOptions,
  SendingMulticastOptions,
} from './transport.js'

export const DEFAULT_DRAIN_TIMEOUT_MS = 5000
const MAX_MS = 0x7fffffff
const MAX_BYTES = 0x7fffffff
const CHOICES: readonly unknown[] = ['auto', 'native', 'dgram']

const BROADCAST: Option = { kind: flag, default: false }
const TTL: Option = { kind: whole, min: 1, max: 255 }

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

const SENDING_MULTICAST: OptionTable<SendingMulticastOptions> = {
  interface: INTERFACE,
  ttl: MULTICAST_TTL,
  loopback: LOOPBACK,
}

const MEMBERSHIP: OptionTable<Membership> = {
  group: {
    kind: { accepts: isGroup, must: () => 'a multicast address (224.0.0.0/4, ff00::/8)' },
    required: true,
  },
  interface: INTERFACE,
  source: {
    kind: {
      accepts: (value) => Boolean(kindOfHost(value)) && !isGroup(value),
      must: () => 'an IP address of a host',
    },
  },
  wait: { kind: flag, default: false },
}

const MULTICAST: OptionTable<MulticastOptions> = {
  groups: {
    kind: {
      // `every` would not see holes
      accepts: (value) =>
        Array.isArray(value) &&
        value.findIndex((group) => !isGroup(group) && Object(group) !== group) < 0,
      must: () => 'a list of multicast addresses (224.0.0.0/4, ff00::/8) or memberships',
    },
    options: MEMBERSHIP,
  },
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

/** Options that an open socket can change. */
const CHANGEABLE: OptionTable<ChangeableOptions> = {
  broadcast: BROADCAST,
  ttl: TTL,
  multicast: { kind: readable, options: SENDING_MULTICAST },
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
    local: [localAddr ?? anywhere, localPort],
    receiver: receiverPort ? [receiverAddr ?? anywhere, receiverPort] : undefined,
  }
}

/**
 * Checks a membership, or a group.
 *
 * @throws {UdpngError} `BAD_OPTION`
 */
export function membership(
  attempt: string,
  given: string | Membership,
  family?: Family,
): Membership {
  const checked = checkOptions(
    attempt,
    MEMBERSHIP,
    typeof given === 'string' ? { group: given } : given,
  )
  for (const name of ['group', 'source'] as const)
    if (family !== undefined && (kindOfHost(checked[name]) || family) !== family)
      throw badOption(attempt, name, checked[name], `of IPv${family}, as the socket is`)
  return checked
}

/**
 * Checks options that an open socket can change.
 *
 * @throws {UdpngError} `BAD_OPTION`
 */
export function changeable(attempt: string, options: ChangeableOptions): ChangeableOptions {
  return checkOptions(attempt, CHANGEABLE, options)
}

/** The option; for `"auto"`, the value of the environment variable. */
function chosenTransport(attempt: string, given: TransportChoice = 'auto'): TransportChoice {
  const variable = process.env['UDPNG_TRANSPORT']
  if (given !== 'auto' || variable === undefined) return given
  if (CHOICES.includes(variable)) return variable as TransportChoice
  throw badOption(attempt, 'UDPNG_TRANSPORT', variable, 'auto, native or dgram')
}
