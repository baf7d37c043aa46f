import {
  type ChangeableOptions,
  type Membership,
  Memberships,
  type OpenOptions,
} from '@udpng/basic-peer'
import type { Address } from '@udpng/datagram'
import { type Addon, type Handle, NAME_BYTES } from './addon.js'
import {
  IP_MTU_DISCOVER,
  IP_MULTICAST_ALL,
  IP_PKTINFO,
  IP_RECVERR,
  IP_RECVTOS,
  IP_TOS,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_MTU_DISCOVER,
  IPV6_MULTICAST_ALL,
  IPV6_RECVERR,
  IPV6_RECVPKTINFO,
  IPV6_RECVTCLASS,
  IPV6_TCLASS,
  IPV6_UNICAST_HOPS,
  IPV6_V6ONLY,
  PMTUDISC_DO,
  PMTUDISC_WANT,
  SO_BROADCAST,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SO_TIMESTAMPNS,
  SOL_SOCKET,
  SOL_UDP,
  UDP_GRO,
} from './linux.js'
import { Multicast } from './multicast.js'
import { setOption } from './set-option.js'
import type { Shared } from './shared.js'
import { systemError } from './system-error.js'

/** Sets the options of a socket and binds it, and changes them later. */
export class SocketOptions {
  readonly #addon: Addon
  readonly #handle: Handle
  readonly #options: OpenOptions
  readonly #multicast: Multicast
  readonly #memberships: Memberships
  /** The interface for memberships without one, as it was given. */
  #defaultInterface: string | undefined
  #dscp = 0
  #ecn = 0

  constructor(
    { addon, watch }: Pick<Shared, 'addon' | 'watch'>,
    handle: Handle,
    options: OpenOptions,
  ) {
    this.#addon = addon
    this.#handle = handle
    this.#options = options
    this.#multicast = new Multicast(addon, handle, options.family, (membership, error) =>
      options.onMembershipLost?.(membership, error),
    )
    this.#memberships = new Memberships(this.#multicast, watch)
  }

  /**
   * Sets the options, binds, and joins the groups.
   *
   * @returns the bound address, with the assigned port for port 0
   * @throws the system's error for a refused option or bind
   */
  apply(): Address {
    this.#setUp()
    this.change(this.#options)
    const address = this.#bind()
    for (const group of this.#options.multicast?.groups ?? [])
      this.join(typeof group === 'string' ? { group } : group)
    return address
  }

  /**
   * Changes the given options.
   *
   * @throws the system's error for the first one that is refused
   */
  change(options: ChangeableOptions): void {
    const { broadcast, ttl, dscp, ecn, dontFragment, multicast = {} } = options
    if (broadcast !== undefined) this.#set(SOL_SOCKET, SO_BROADCAST, broadcast ? 1 : 0)
    if (ttl !== undefined) this.#setOfFamily(IP_TTL, IPV6_UNICAST_HOPS, ttl)
    if ((dscp ?? ecn) !== undefined) {
      this.#dscp = dscp ?? this.#dscp
      this.#ecn = ecn ?? this.#ecn
      this.#setOfFamily(IP_TOS, IPV6_TCLASS, (this.#dscp << 2) | this.#ecn)
    }
    if (dontFragment !== undefined)
      this.#setOfFamily(
        IP_MTU_DISCOVER,
        IPV6_MTU_DISCOVER,
        dontFragment ? PMTUDISC_DO : PMTUDISC_WANT,
      )
    this.#multicast.send(multicast)
    this.#defaultInterface = multicast.interface ?? this.#defaultInterface
  }

  join(membership: Membership): void {
    this.#memberships.join(membership, this.#defaultInterface)
  }

  leave(membership: Membership): void {
    this.#memberships.leave(membership, this.#defaultInterface)
  }

  /** The socket was closed. */
  close(): void {
    this.#memberships.close()
  }

  /** Size of the receive buffer, bytes. Linux doubles the requested size, for its own bookkeeping: socket(7). */
  get recvBufferSize(): number | undefined {
    const bytes = Buffer.alloc(4)
    const read = this.#addon.getOption(this.#handle, SOL_SOCKET, SO_RCVBUF, bytes)
    return read === bytes.length ? bytes.readInt32LE() / 2 : undefined
  }

  #setUp(): void {
    const { family, reuseAddr, reusePort, ipv6Only, fd, details } = this.#options
    const { recvBufferSize, sendBufferSize } = this.#options
    if (reuseAddr) this.#set(SOL_SOCKET, SO_REUSEADDR, 1)
    if (reusePort) this.#set(SOL_SOCKET, SO_REUSEPORT, 1)
    if (recvBufferSize) this.#set(SOL_SOCKET, SO_RCVBUF, recvBufferSize)
    if (sendBufferSize) this.#set(SOL_SOCKET, SO_SNDBUF, sendBufferSize)
    this.#set(IPPROTO_IP, IP_RECVERR, 1)
    this.#set(IPPROTO_IP, IP_MULTICAST_ALL, 0)
    if (details) this.#setDetails()
    // An inherited socket may have it, and `DropCount` has to know.
    if (fd !== undefined) this.#set(SOL_UDP, UDP_GRO, 0)
    if (family === 4) return
    // Not of a bound socket: EINVAL.
    if (fd === undefined) this.#set(IPPROTO_IPV6, IPV6_V6ONLY, ipv6Only ? 1 : 0)
    this.#set(IPPROTO_IPV6, IPV6_RECVERR, 1)
    // Linux 4.20 and later; before, a socket gets the datagrams of all groups joined on this host.
    this.#addon.setOption(this.#handle, IPPROTO_IPV6, IPV6_MULTICAST_ALL, Buffer.alloc(4))
  }

  /** Has the kernel report the details of each datagram. An IPv6 socket gets those of IPv4 by the options of IPv4. */
  #setDetails(): void {
    this.#set(SOL_SOCKET, SO_TIMESTAMPNS, 1)
    this.#setOfFamily(IP_PKTINFO, IPV6_RECVPKTINFO, 1)
    this.#setOfFamily(IP_RECVTOS, IPV6_RECVTCLASS, 1)
  }

  #bind(): Address {
    const addon = this.#addon
    const { host, port, peer, fd } = this.#options
    const name = Buffer.alloc(NAME_BYTES)
    if (!addon.pack(host, port, name, 0))
      throw new Error(`there is no interface ${host.split('%')[1]}`)
    const bound = fd === undefined ? addon.bind(this.#handle, name) : 0
    if (bound < 0) throw systemError('bind', -bound, host, port)
    if (peer) this.#connect(peer)
    addon.nameOf(this.#handle, name)
    return [addon.hostOf(name, 0), name.readUInt16BE(2)]
  }

  #connect([host, port]: Address): void {
    const name = Buffer.alloc(NAME_BYTES)
    if (!this.#addon.pack(host, port, name, 0))
      throw new Error(`there is no interface ${host.split('%')[1]}`)
    const connected = this.#addon.connect(this.#handle, name)
    if (connected < 0) throw systemError('connect', -connected, host, port)
  }

  /** Sets an option that has a number of its own for IPv6. A socket of IPv6 sends IPv4, too. */
  #setOfFamily(option: number, option6: number, value: number): void {
    if (this.#options.family === 6) this.#set(IPPROTO_IPV6, option6, value)
    this.#set(IPPROTO_IP, option, value)
  }

  #set(level: number, option: number, value: number): void {
    setOption(this.#addon, this.#handle, level, option, value)
  }
}
