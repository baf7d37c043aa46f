import type {
  DatagramSocket,
  DatagramTransport,
  JoinedInterface,
  Lookup,
  MulticastOptions,
  OpenOptions,
  Parcel,
} from '@udpng/basic-peer'
import { type Clock, type Component, Scheduler, UdpngError } from '@udpng/core'
import { type DatagramDetails, type Family, parseSubnet, type Subnet } from '@udpng/datagram'
import { INTERFACES, LINK, LOOPBACK, type Parsed, parse } from './addresses.js'
import { detailsOf, isBroadcast } from './details-of.js'
import { interfaceOf } from './interface-of.js'
import type { Packet } from './packet.js'
import { chosenSource, sourceFor } from './source-for.js'
import { type SystemCode, systemError } from './system-error.js'
import { CAPABILITIES, type SocketHost, VirtualSocket } from './virtual-socket.js'

const FIRST_FREE_PORT = 49_152
const LAST_PORT = 65_535

/** The interface of a network for its hosts. */
export interface HostNetwork {
  readonly clock: Clock
  readonly onFailure: 'stop' | 'isolate'
  /** The host of this name. */
  find(name: string): Host | undefined
  /** Carries a datagram of a socket to all hosts that it is for. */
  carry(sender: Host, socket: VirtualSocket, packet: Packet, multicast: MulticastOptions): void
}

/** A host of a simulated network: it has addresses, a scheduler, and a transport for its peers. */
export class Host implements SocketHost {
  readonly name: string
  /** Its addresses other than loopback: IP literals. */
  readonly addresses: readonly string[]
  /** Runs its components, with the clock of the network. */
  readonly scheduler: Scheduler
  /** For the option `transport` of its peers. */
  readonly transport: DatagramTransport
  /** For the option `lookup` of its peers: resolves the names of all hosts. */
  readonly lookup: Lookup
  readonly #network: HostNetwork
  /** @internal The networks of its addresses, in their order. */
  readonly subnets: readonly Subnet[]
  /** The open sockets by port: there may be thousands, and each datagram is for one port. */
  readonly #sockets = new Map<number, Set<VirtualSocket>>()
  #lastPort = FIRST_FREE_PORT - 1
  /** Datagrams that closed sockets gave to their readers, or kept until then. */
  #taken = 0
  /** Errors that the next calls meet, by call. */
  readonly #faults: Record<'open' | 'send', SystemCode[]> = { open: [], send: [] }

  /**
   * @param addresses - IP literals, with a prefix length if it is not 24 on IPv4 and 64 on IPv6
   * @throws {UdpngError} `BAD_OPTION` for a value that is not an address
   */
  constructor(network: HostNetwork, name: string, addresses: readonly string[]) {
    const subnets: Subnet[] = []
    this.addresses = addresses.map((text) => {
      const [literal = '', bits] = text.split('/')
      try {
        const { host, family } = parse(literal)
        const subnet = parseSubnet(`${host}/${bits ?? (family === 4 ? 24 : 64)}`)
        if (!subnet) throw new Error(`/${bits} is not the length of a prefix`)
        subnets.push(subnet)
        return host
      } catch (cause) {
        throw new UdpngError('BAD_OPTION', `${name} cannot have the address ${text}`, { cause })
      }
    })
    this.name = name
    this.#network = network
    this.subnets = subnets
    this.scheduler = new Scheduler({ clock: network.clock, onFailure: network.onFailure })
    this.transport = {
      name: 'simulation',
      capabilities: CAPABILITIES,
      open: (options) => this.#open(options),
    }
    this.lookup = (name, { family }, answer) => {
      const found = network.find(name)?.addresses.find((own) => parse(own).family === family)
      if (found) answer(null, found, family)
      else
        answer(
          Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }),
          '',
          family,
        )
    }
  }

  /** Starts a component on this host. */
  activate<C extends Component>(component: C): C {
    return this.scheduler.activate(component)
  }

  /**
   * Makes the next calls that open a socket, or send a datagram, fail with an error. A send that would block (EAGAIN) is
   * repeated a moment later.
   *
   * @param times - the number of calls (default 1)
   */
  refuse(call: 'open' | 'send', code: SystemCode, times = 1): void {
    for (let i = 0; i < times; i++) this.#faults[call].push(code)
  }

  /** Returns whether this host has the address. */
  owns({ host, reach }: Parsed): boolean {
    return reach === 'loopback' || reach === 'unspecified' || this.addresses.includes(host)
  }

  /** Returns whether a broadcast to this address reaches this host. */
  hears({ host }: Parsed): boolean {
    return host === '255.255.255.255' || this.subnets.some(({ broadcast }) => broadcast === host)
  }

  /** Returns whether any of its sockets has joined the group of this packet. */
  hasJoined(packet: Packet): boolean {
    for (const sockets of this.#sockets.values())
      for (const socket of sockets) if (socket.hears(packet)) return true
    return false
  }

  /**
   * @internal Finds an interface of this family, by name or by address.
   *
   * @throws an `Error` if it has none
   */
  interface(given: string, family: Family): JoinedInterface {
    const found = interfaceOf(this.addresses, given, family)
    if (found) return found
    throw new Error(`${this.name} has no interface ${given} that speaks IPv${family}`)
  }

  /** @internal Whether a socket that sends now would block, for once. */
  blocks(): boolean {
    const isBlocked = this.#faults.send[0] === 'EAGAIN'
    if (isBlocked) this.#faults.send.shift()
    return isBlocked
  }

  /** @internal Datagrams that its sockets gave to their readers, keep, or kept until they were closed. */
  get taken(): number {
    let taken = this.#taken
    for (const sockets of this.#sockets.values())
      for (const socket of sockets) taken += socket.taken
    return taken
  }

  /** @internal A socket was closed. */
  release(socket: VirtualSocket): void {
    const [, port] = socket.address
    const sockets = this.#sockets.get(port)
    sockets?.delete(socket)
    if (sockets?.size === 0) this.#sockets.delete(port)
    this.#taken += socket.taken
  }

  /**
   * @internal Sends a datagram of one of its sockets.
   *
   * @returns why not
   */
  send(socket: VirtualSocket, { data, host, port, local }: Parcel): SystemCode | Error | undefined {
    const fault = this.#faults.send.shift()
    if (fault) return fault
    const { family, broadcast, ipv6Only, multicast = {} } = socket.options
    const to = parse(host)
    if (port === 0) return 'EINVAL'
    if (to.zone !== undefined && !INTERFACES.includes(to.zone))
      return new Error(`there is no interface ${to.zone}`)
    if (to.family !== family && (family === 4 || ipv6Only)) return 'ENETUNREACH'
    if (to.zone === LOOPBACK && to.reach !== 'loopback') return 'ENETUNREACH'
    if (isBroadcast(this, to) && !broadcast) return 'EACCES'
    const on =
      to.reach === 'multicast' && multicast.interface !== undefined
        ? this.interface(multicast.interface, family)
        : undefined
    const source = chosenSource(this, socket.bound, to, local)
    if (source === undefined) return 'EINVAL'
    const from = sourceFor(this, source, to, on?.address)
    if (from === undefined) return 'ENETUNREACH'
    const target = to.reach === 'unspecified' ? (to.family === 4 ? '127.0.0.1' : '::1') : to.host
    this.#network.carry(
      this,
      socket,
      {
        family: to.family,
        from: [from, socket.address[1]],
        to: [target, port],
        on: on?.name ?? LINK,
        data: new Uint8Array(data), // the sender may use its buffer again; what is overridden on it is not asked
      },
      multicast,
    )
    return undefined
  }

  /** @internal The details of a datagram that arrives at one of its sockets. */
  detailsOf(family: Family, packet: Packet): DatagramDetails {
    return detailsOf(this, family, packet, this.#network.clock.now())
  }

  /**
   * @internal Gives a datagram to whom it is for.
   *
   * @returns what became of it at each socket; empty where no socket listens
   */
  arrive(packet: Packet): ('delivered' | 'buffer full')[] {
    const to = parse(packet.to[0])
    const sockets = this.#sockets.get(packet.to[1]) ?? []
    const candidates = [...sockets].filter((socket) => this.#matches(socket, to, packet))
    if (to.reach === 'multicast' || this.hears(to))
      return candidates.map((socket) => socket.arrive(packet))
    // The one that is bound most closely; of several, one for each sender, or the one that came last.
    const closeness = ({ bound, options }: VirtualSocket): number =>
      (options.peer ? 4 : 0) +
      (bound.reach === 'unspecified' ? 0 : 2) +
      (options.family === packet.family ? 1 : 0)
    const closest = Math.max(...candidates.map(closeness))
    const best = candidates.filter((socket) => closeness(socket) === closest)
    const sharing = best.filter(({ options }) => options.reusePort)
    const chosen =
      sharing.length > 1 ? sharing[packet.from[1] % sharing.length] : best[best.length - 1]
    return chosen ? [chosen.arrive(packet)] : []
  }

  #open(options: OpenOptions): DatagramSocket {
    const fault = this.#faults.open.shift()
    if (fault) throw systemError('bind', fault, options.host, options.port)
    const bound = parse(options.host)
    const isHere = bound.reach === 'multicast' || this.hears(bound) || this.owns(bound)
    if (!isHere || (bound.zone !== undefined && !INTERFACES.includes(bound.zone)))
      throw systemError('bind', 'EADDRNOTAVAIL', options.host, options.port)
    const { multicast = {} } = options
    if (multicast.interface !== undefined) this.interface(multicast.interface, options.family)
    const port = options.port || this.#freePort(options, bound)
    if (!port || this.#isTaken(options, bound, port))
      throw systemError('bind', 'EADDRINUSE', options.host, options.port)
    const socket = new VirtualSocket(this, options, this.#connected(options, bound), port)
    const sharing = this.#sockets.get(port) ?? new Set()
    this.#sockets.set(port, sharing.add(socket))
    return socket
  }

  /** The local address of a socket: one that is connected has that which reaches its peer. */
  #connected({ peer, broadcast, family, ipv6Only }: OpenOptions, bound: Parsed): Parsed {
    if (!peer) return bound
    const [host, port] = peer
    const to = parse(host)
    if (isBroadcast(this, to) && !broadcast) throw systemError('connect', 'EACCES', host, port)
    const isOther = to.family !== family && (family === 4 || ipv6Only)
    const source = isOther ? undefined : sourceFor(this, bound, to)
    if (source === undefined) throw systemError('connect', 'ENETUNREACH', host, port)
    return parse(source)
  }

  #freePort(options: OpenOptions, bound: Parsed): number | undefined {
    for (let tries = FIRST_FREE_PORT; tries <= LAST_PORT; tries++) {
      this.#lastPort = this.#lastPort === LAST_PORT ? FIRST_FREE_PORT : this.#lastPort + 1
      if (!this.#isTaken({ ...options, reuseAddr: false, reusePort: false }, bound, this.#lastPort))
        return this.#lastPort
    }
    return undefined
  }

  #isTaken(options: OpenOptions, bound: Parsed, port: number): boolean {
    const families = (
      family: number,
      ipv6Only: boolean | undefined,
      { reach }: Parsed,
    ): number[] => (family === 6 && reach === 'unspecified' && !ipv6Only ? [4, 6] : [family])
    const ours = families(options.family, options.ipv6Only, bound)
    for (const other of this.#sockets.get(port) ?? []) {
      const theirs = families(other.options.family, other.options.ipv6Only, other.bound)
      const isSame =
        ours.some((family) => theirs.includes(family)) &&
        (bound.reach === 'unspecified' ||
          other.bound.reach === 'unspecified' ||
          bound.host === other.bound.host)
      const isShared =
        (options.reuseAddr && other.options.reuseAddr) ||
        (options.reusePort && other.options.reusePort)
      if (isSame && !isShared) return true
    }
    return false
  }

  #matches(socket: VirtualSocket, to: Parsed, packet: Packet): boolean {
    const { options, bound } = socket
    if (to.reach === 'multicast' && !socket.hears(packet)) return false
    if (!socket.isFromPeer(packet)) return false
    const takesFamily =
      [options.family, bound.family].includes(packet.family) || // bound to an IPv4-mapped address: both
      (options.family === 6 && !options.ipv6Only && bound.reach === 'unspecified')
    return takesFamily && (bound.reach === 'unspecified' || bound.host === to.host)
  }
}
