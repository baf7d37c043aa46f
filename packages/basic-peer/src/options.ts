import { inspect } from 'node:util'
import { UdpngError } from '@udpng/core'
import { type Address, type Family, kindOfHost } from '@udpng/datagram'
import type { TransportChoice } from './choose-transport.js'
import { isGroup } from './is-group.js'
import type { Lookup } from './names.js'
import type { DatagramTransport, SocketOptions } from './transport.js'

/** Options that every peer has. */
export interface PeerOptions
  extends Omit<SocketOptions, 'recvBufferSize' | 'multicast' | 'exactDrops'> {
  /** IPv4 or IPv6 (default: that of the literal addresses given, else 4). */
  readonly family?: Family
  /** How host names are looked up (default: `dns.lookup`). */
  readonly lookup?: Lookup
  /** For how long an answer is good, a failure too; milliseconds (default 30 000). */
  readonly lookupTtlMs?: number
  /** At most so long is spent on sending what is queued, once told to finish; milliseconds (default 5000). */
  readonly drainTimeoutMs?: number
  /** What the socket is made of (default `"auto"`: the fastest that works here). */
  readonly transport?: TransportChoice
}

/** Options of peers that receive. */
export interface LocalOptions extends PeerOptions, SocketOptions {
  /** The IP address to bind to (default "0.0.0.0", or "::" on IPv6: all addresses of this machine). */
  readonly localAddr?: string
  /** The port to bind to, 0-65535 (default 0: any free one). */
  readonly localPort?: number
  /**
   * What producerFinished on `control` means: nothing, as in the original (`"ignore"`, the default), or
   * to send what is queued, receive for `lingerMs` more, and end (`"drain"`).
   */
  readonly onProducerFinished?: 'ignore' | 'drain'
  /** How long to go on receiving once all is sent, milliseconds (default 0). */
  readonly lingerMs?: number
}

/** Options of peers with one destination. */
export interface ReceiverOptions extends PeerOptions {
  /** Host to send to (default "0.0.0.0", which with a port means this host's loopback address). */
  readonly receiverAddr?: string
  /** Port to send to, 0-65535 (default 0: there is no receiver). */
  readonly receiverPort?: number
}

/** An address without a port is not a receiver: `receiverAddr` is given with `receiverPort`, or not at all. */
export type CompleteReceiver =
  | { readonly receiverAddr?: undefined }
  | { readonly receiverPort: number }

/** Options of peers that receive and have one destination. */
export interface TwoWayOptions extends LocalOptions, ReceiverOptions {
  /**
   * Emit only what comes from the receiver; datagrams from other addresses are dropped and counted as `dropped.foreign`
   * (default false: from any address). A receiver given by name is the address that was found last; before one is known, and without a
   * receiver, all is dropped.
   */
  readonly onlyFromReceiver?: boolean
}

/** What a value must be: a whole number in a range, or what a test says and a text tells. */
type Rule =
  | readonly [least: number, most: number]
  | readonly [test: (value: unknown) => boolean, must: string]

/** Rules of options, by name. */
export type Rules = Readonly<Record<string, Rule>>

const FLAG: Rule = [(value) => typeof value === 'boolean', 'true or false']
const MS: Rule = [0, 0x7fffffff]
const BYTES: Rule = [1, 0x7fffffff]

const COMMON: Rules = {
  family: [(value) => value === 4 || value === 6, '4 or 6'],
  reuseAddr: FLAG,
  reusePort: FLAG,
  ipv6Only: FLAG,
  sendBufferSize: BYTES,
  broadcast: FLAG,
  ttl: [1, 255],
  lookup: [(value) => typeof value === 'function', 'a function like dns.lookup'],
  lookupTtlMs: MS,
  drainTimeoutMs: MS,
  transport: [
    (value) =>
      ['auto', 'native', 'dgram'].includes(value as string) ||
      typeof (value as DatagramTransport | null)?.open === 'function',
    '"auto", "native", "dgram" or a DatagramTransport',
  ],
}

const MULTICAST: Rules = {
  groups: [
    // `every` would not see holes
    (value) => Array.isArray(value) && value.findIndex((group) => !isGroup(group)) < 0,
    'a list of multicast addresses (224.0.0.0/4, ff00::/8)',
  ],
  interface: [(value) => typeof value === 'string', 'the name or an address of an interface'],
  ttl: [0, 255],
  loopback: FLAG,
}

/** Rules of the options of a peer that receives, besides the common ones. */
export const LOCAL: Rules = {
  localAddr: [(value) => Boolean(kindOfHost(value)), 'an IP address'],
  localPort: [0, 65535],
  onProducerFinished: [(value) => value === 'ignore' || value === 'drain', '"ignore" or "drain"'],
  lingerMs: MS,
  recvBufferSize: BYTES,
  exactDrops: FLAG,
  multicast: [isMulticast, 'an object'],
}

/** Rules of the options of a peer with one destination, besides the common ones. */
export const RECEIVER: Rules = {
  receiverAddr: [(value) => kindOfHost(value) !== undefined, 'a host name or IP address'],
  receiverPort: [0, 65535],
}

/** Rules of the options of a peer that receives and has one destination, in addition to `LOCAL` and `RECEIVER`. */
export const TWO_WAY: Rules = { onlyFromReceiver: FLAG }

/** What a peer was told, checked, and with the addresses that follow from it. */
export interface Settings extends LocalOptions, Pick<TwoWayOptions, 'onlyFromReceiver'> {
  readonly family: Family
  readonly local: Address
  /** Undefined when there is none. */
  readonly receiver: Address | undefined
  readonly transport: TransportChoice
}

/**
 * Checks the options of a peer, and finds its addresses. What is undefined was not given.
 *
 * @param own - rules of the options it has besides the common ones
 * @throws {UdpngError} `BAD_OPTION` with the option, its value, and what is allowed
 */
export function settle(told: TwoWayOptions = {}, own: Rules = {}): Settings {
  if (Object(told) !== told) throw wrong('options', told, 'an object')
  const { localAddr, localPort = 0, receiverAddr, receiverPort, multicast } = told
  let { family, transport = 'auto' } = told
  if (transport === 'auto') transport = (process.env['UDPNG_TRANSPORT'] as 'auto') ?? transport
  check({ ...told, transport }, { ...COMMON, ...own })
  if (receiverAddr !== undefined && receiverPort === undefined)
    throw wrong('receiverPort', receiverPort, 'given with receiverAddr')
  const hosts = { localAddr, receiverAddr, ...multicast?.groups }
  for (const [name, host] of Object.entries(hosts)) {
    const kind = kindOfHost(host) || family
    family ??= kind
    if (kind !== family)
      throw wrong(
        name in told ? name : 'multicast.groups',
        host,
        `of IPv${family}, as the other options are`,
      )
  }
  family ??= 4
  const anywhere = family === 6 ? '::' : '0.0.0.0'
  return {
    ...told,
    transport,
    family,
    local: [localAddr ?? anywhere, localPort],
    receiver: receiverPort ? [receiverAddr ?? anywhere, receiverPort] : undefined,
  }
}

function check(options: object, rules: Rules, path = ''): void {
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) && rules[name]
    if (!rule)
      throw new UdpngError(
        'BAD_OPTION',
        `there is no option ${path}${name} here, only ${Object.keys(rules).join(', ')}`,
      )
    const [test, must] = rule
    if (value === undefined) continue
    if (typeof must === 'string') {
      if (!(test as (value: unknown) => boolean)(value)) throw wrong(path + name, value, must)
    } else if (!Number.isInteger(value) || value < test || value > must)
      throw wrong(path + name, value, `a whole number from ${test} to ${must}`)
  }
}

function isMulticast(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null
  try {
    if (isObject) check(value, MULTICAST, 'multicast.')
  } catch (error) {
    if (error instanceof UdpngError) throw error
    return false // its own code threw
  }
  return isObject
}

function wrong(name: string, value: unknown, must: string): UdpngError {
  return new UdpngError('BAD_OPTION', `${name} is ${show(value)}; it must be ${must}`)
}

/** A value as a short text, whatever it is. */
export function show(value: unknown): string {
  try {
    return inspect(value, { depth: 0, maxStringLength: 60, breakLength: Infinity })
  } catch {
    return typeof value // its own code threw
  }
}
