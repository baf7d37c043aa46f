import type { MulticastOptions } from '@udpng/basic-peer'
import { type Clock, UdpngError } from '@udpng/core'
import { LINK, type Parsed, parse } from './addresses.js'
import type { Conditions } from './conditions.js'
import { Host, type HostNetwork } from './host.js'
import type { Packet } from './packet.js'
import { Path } from './path.js'
import type { Random } from './random.js'
import type { VirtualSocket } from './virtual-socket.js'

/** Counts the datagrams of a network: `sent + copies = delivered + underway +` all of `lost`. */
export interface NetworkStats {
  /** Datagrams that hosts have sent. */
  sent: number
  /** Additional datagrams: one for each further member of a group, and for each duplicate. */
  copies: number
  /** Datagrams put into a socket's receive buffer. */
  delivered: number
  /** Datagrams in flight. */
  underway: number
  lost: {
    /** By the conditions of a path: random loss, a full queue, or a blocked path. */
    loss: number
    queueFull: number
    blocked: number
    /** To an address that no host has, or a group that no socket has joined. */
    unreachable: number
    /** To a port that is not open there. */
    refused: number
    /** At a full receive buffer. */
    bufferFull: number
  }
}

/** The events of a network, as named in the trace. */
export type NetworkEvent =
  | 'send'
  | 'deliver'
  | 'loss'
  | 'queueFull'
  | 'blocked'
  | 'unreachable'
  | 'refused'
  | 'bufferFull'

export type OnEvent = (event: NetworkEvent, host: Host, packet: Packet) => void

/** Hosts, and the paths between them. */
export class Network implements HostNetwork {
  readonly clock: Clock
  readonly onFailure: 'stop' | 'isolate'
  readonly stats: NetworkStats = {
    sent: 0,
    copies: 0,
    delivered: 0,
    underway: 0,
    lost: { loss: 0, queueFull: 0, blocked: 0, unreachable: 0, refused: 0, bufferFull: 0 },
  }
  readonly #random: Random
  readonly #hosts: Host[] = []
  readonly #paths = new Map<Host, Map<Host, Path>>()
  readonly #onEvent: OnEvent
  #conditions: Conditions = {}

  /**
   * @param random - the source of all random decisions
   * @param clock - the time of delays: a `VirtualClock`, or the system clock
   * @param onEvent - called with every event (default: none)
   * @param onFailure - the effect of an uncaught error of a component, see `Scheduler` (default `"stop"`)
   */
  constructor(
    random: Random,
    clock: Clock,
    onEvent: OnEvent = () => {},
    onFailure: 'stop' | 'isolate' = 'stop',
  ) {
    this.#random = random
    this.clock = clock
    this.#onEvent = onEvent
    this.onFailure = onFailure
  }

  get hosts(): readonly Host[] {
    return this.#hosts
  }

  /**
   * Adds a host.
   *
   * @param addresses - IP literals, `10.0.0.1` or `10.0.0.1/8`: the prefix matters for broadcasts
   * @throws {UdpngError} `BAD_OPTION` for a name or an address that another host has
   */
  host(name: string, ...addresses: string[]): Host {
    const host = new Host(this, name, addresses)
    for (const other of this.#hosts) {
      if (other.name === name) throw new UdpngError('BAD_OPTION', `there is a host ${name} already`)
      for (const address of host.addresses)
        if (other.addresses.includes(address))
          throw new UdpngError('BAD_OPTION', `${other.name} has the address ${address} already`)
    }
    this.#hosts.push(host)
    return host
  }

  find(name: string): Host | undefined {
    return this.#hosts.find((host) => host.name === name)
  }

  /**
   * Sets the conditions of all paths, including those of hosts added later.
   *
   * @throws {UdpngError} `BAD_OPTION` for invalid conditions
   */
  setConditions(conditions: Conditions): void {
    new Path(this.#random, conditions) // which checks them
    this.#conditions = conditions
    for (const paths of this.#paths.values())
      for (const path of paths.values()) path.conditions = conditions
  }

  /**
   * Describes the numbers that do not add up; undefined if every datagram is accounted for. Each datagram sent, and each copy, was
   * delivered, is in flight, or is lost. Each one delivered was given to a reader, is queued, or was queued when its socket was
   * closed.
   */
  get discrepancy(): string | undefined {
    const { sent, copies, delivered, underway, lost } = this.stats
    const reasons = Object.entries(lost)
    const known = reasons.reduce((sum, [, count]) => sum + count, delivered + underway)
    if (sent + copies !== known) {
      const losses = reasons.map(([reason, count]) => `${count} ${reason}`).join(' + ')
      return `${sent} sent + ${copies} copies are not ${delivered} delivered + ${underway} under way + ${losses}`
    }
    let taken = 0
    for (const host of this.#hosts) taken += host.taken
    if (delivered === taken) return undefined
    return `${delivered} delivered are not the ${taken} that sockets gave to their readers, keep, or kept until they were closed`
  }

  /** Returns the path from one host to another, in this direction, with its conditions and counters. */
  path(from: Host, to: Host): Path {
    const paths = this.#paths.get(from) ?? new Map<Host, Path>()
    this.#paths.set(from, paths)
    let path = paths.get(to)
    if (!path) {
      path = new Path(this.#random.fork(`${from.name}>${to.name}`), this.#conditions)
      paths.set(to, path)
    }
    return path
  }

  /** @internal Carries a datagram to all its destinations. */
  carry(sender: Host, socket: VirtualSocket, packet: Packet, multicast: MulticastOptions): void {
    const { stats } = this
    const to = parse(packet.to[0])
    stats.sent++
    this.#onEvent('send', sender, packet)
    if (to.reach !== 'multicast' && !sender.hears(to)) {
      if (sender.owns(to)) {
        this.#deliver(sender, packet, sender, socket)
        return
      }
      const owner = this.#hosts.find((host) => host.owns(to))
      if (owner) this.#pass(sender, owner, packet, socket)
      else this.#lose('unreachable', sender, packet)
      return
    }
    // The members are known when all hosts have acted at this moment.
    stats.underway++
    this.clock.after(0, () => {
      stats.underway--
      this.#spread(sender, to, packet, multicast)
    })
  }

  /** Delivers to a group, or to a whole network. */
  #spread(sender: Host, to: Parsed, packet: Packet, multicast: MulticastOptions): void {
    const { ttl = 1, loopback = true } = multicast
    const isGroup = to.reach === 'multicast'
    const receivers = this.#hosts.filter((host) => {
      if (isGroup ? !host.hasJoined(packet) : !host.hears(to)) return false
      return !isGroup || (host === sender ? loopback : ttl > 0 && packet.on === LINK)
    })
    if (receivers.length === 0) {
      this.#lose('unreachable', sender, packet)
      return
    }
    this.stats.copies += receivers.length - 1
    for (const host of receivers)
      if (host === sender) this.#deliver(host, packet)
      else this.#pass(sender, host, packet)
  }

  #pass(from: Host, to: Host, packet: Packet, socket?: VirtualSocket): void {
    const { stats } = this
    const path = this.path(from, to)
    const { loss, queueFull, blocked } = path.stats.lost
    const { duplicated } = path.stats
    const passages = path.pass(packet.data, this.clock.now())
    stats.copies += path.stats.duplicated - duplicated
    const { lost } = path.stats
    for (const [reason, before] of [
      ['loss', loss],
      ['queueFull', queueFull],
      ['blocked', blocked],
    ] as const)
      for (let i = before; i < lost[reason]; i++) this.#lose(reason, from, packet)
    for (const { afterMs, data } of passages) {
      const arriving = { ...packet, data }
      stats.underway++
      // Also when it takes no time: so all hosts have done what they do at this moment, such as to open a socket.
      this.clock.after(afterMs, () => {
        stats.underway--
        this.#deliver(to, arriving, from, socket)
      })
    }
  }

  #deliver(host: Host, packet: Packet, from?: Host, socket?: VirtualSocket): void {
    const { stats } = this
    const outcomes = host.arrive(packet)
    if (outcomes.length === 0) {
      this.#lose('refused', host, packet)
      // The answer takes its own way back, and may be lost on it as well.
      if (from && socket) this.#complain(host, from, packet, socket)
      return
    }
    stats.copies += outcomes.length - 1
    for (const outcome of outcomes)
      if (outcome === 'delivered') {
        stats.delivered++
        this.#onEvent('deliver', host, packet)
      } else this.#lose('bufferFull', host, packet)
  }

  /** Sends "port unreachable" (ICMP) back. */
  #complain(host: Host, to: Host, packet: Packet, socket: VirtualSocket): void {
    if (host === to) {
      socket.complain(packet.to)
      return
    }
    const { afterMs } =
      this.path(host, to).pass(packet.data.subarray(0, 8), this.clock.now())[0] ?? {}
    if (afterMs !== undefined) this.clock.after(afterMs, () => socket.complain(packet.to))
  }

  #lose(reason: keyof NetworkStats['lost'], host: Host, packet: Packet): void {
    this.stats.lost[reason]++
    this.#onEvent(reason, host, packet)
  }
}
