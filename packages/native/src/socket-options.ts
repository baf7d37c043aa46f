import { findInterface, type OpenOptions } from '@udpng/basic-peer'
import type { Address } from '@udpng/datagram'
import { type Addon, type Handle, NAME_BYTES } from './addon.js'
import {
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IP_MULTICAST_TTL,
  IP_RECVERR,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_MULTICAST_HOPS,
  IPV6_MULTICAST_IF,
  IPV6_MULTICAST_LOOP,
  IPV6_RECVERR,
  IPV6_UNICAST_HOPS,
  IPV6_V6ONLY,
  MCAST_JOIN_GROUP,
  SO_BROADCAST,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SOL_SOCKET,
} from './linux.js'
import { systemError } from './system-error.js'

/** Sets the options of a socket and binds it. */
export class SocketOptions {
  readonly #addon: Addon
  readonly #handle: Handle
  readonly #options: OpenOptions

  constructor(addon: Addon, handle: Handle, options: OpenOptions) {
    this.#addon = addon
    this.#handle = handle
    this.#options = options
  }

  /**
   * Sets the options, binds, and sets the multicast options.
   *
   * @returns the bound address, with the assigned port for port 0
   * @throws the system's error for a refused option or bind
   */
  apply(): Address {
    this.#setUp()
    const address = this.#bind()
    this.#setUpMulticast()
    return address
  }

  /** Size of the receive buffer, bytes. Linux doubles the requested size, for its own bookkeeping: socket(7). */
  get recvBufferSize(): number | undefined {
    const bytes = Buffer.alloc(4)
    const read = this.#addon.getOption(this.#handle, SOL_SOCKET, SO_RCVBUF, bytes)
    return read === bytes.length ? bytes.readInt32LE() / 2 : undefined
  }

  #setUp(): void {
    const { family, reuseAddr, reusePort, ipv6Only, broadcast, ttl } = this.#options
    const { recvBufferSize, sendBufferSize } = this.#options
    if (reuseAddr) this.#set(SOL_SOCKET, SO_REUSEADDR, 1)
    if (reusePort) this.#set(SOL_SOCKET, SO_REUSEPORT, 1)
    if (broadcast) this.#set(SOL_SOCKET, SO_BROADCAST, 1)
    if (recvBufferSize) this.#set(SOL_SOCKET, SO_RCVBUF, recvBufferSize)
    if (sendBufferSize) this.#set(SOL_SOCKET, SO_SNDBUF, sendBufferSize)
    this.#set(IPPROTO_IP, IP_RECVERR, 1)
    if (family === 6) {
      this.#set(IPPROTO_IPV6, IPV6_V6ONLY, ipv6Only ? 1 : 0)
      this.#set(IPPROTO_IPV6, IPV6_RECVERR, 1)
      if (ttl) this.#set(IPPROTO_IPV6, IPV6_UNICAST_HOPS, ttl)
    } else if (ttl) this.#set(IPPROTO_IP, IP_TTL, ttl)
  }

  #bind(): Address {
    const addon = this.#addon
    const { host, port } = this.#options
    const name = Buffer.alloc(NAME_BYTES)
    if (!addon.pack(host, port, name, 0))
      throw new Error(`there is no interface ${host.split('%')[1]}`)
    const bound = addon.bind(this.#handle, name)
    if (bound < 0) throw systemError('bind', -bound, host, port)
    addon.nameOf(this.#handle, name)
    return [addon.hostOf(name, 0), name.readUInt16BE(2)]
  }

  #setUpMulticast(): void {
    const { family, multicast = {} } = this.#options
    const { groups = [], ttl, loopback } = multicast
    const addon = this.#addon
    const six = family === 6
    const level = six ? IPPROTO_IPV6 : IPPROTO_IP
    let index = 0
    if (multicast.interface !== undefined) {
      const { name, address } = findInterface(multicast.interface, family)
      const scoped = Buffer.alloc(NAME_BYTES)
      addon.pack(`fe80::%${name}`, 0, scoped, 0)
      index = scoped.readInt32LE(24) // sin6_scope_id
      if (six) this.#set(level, IPV6_MULTICAST_IF, index)
      else {
        // struct ip_mreqn: group, address, index; the address is what datagrams to groups come from
        const choice = Buffer.alloc(12)
        addon.pack(address, 0, scoped, 0)
        scoped.copy(choice, 4, 4, 8)
        choice.writeInt32LE(index, 8)
        this.#setBytes(level, IP_MULTICAST_IF, choice)
      }
    }
    if (ttl !== undefined) this.#set(level, six ? IPV6_MULTICAST_HOPS : IP_MULTICAST_TTL, ttl)
    if (loopback !== undefined)
      this.#set(level, six ? IPV6_MULTICAST_LOOP : IP_MULTICAST_LOOP, loopback ? 1 : 0)
    for (const group of groups) {
      // struct group_req: index, padding, sockaddr_storage
      const request = Buffer.alloc(136)
      request.writeInt32LE(index)
      addon.pack(group, 0, request.subarray(8), 0)
      this.#setBytes(level, MCAST_JOIN_GROUP, request, 'addMembership')
    }
  }

  #set(level: number, option: number, value: number): void {
    this.#setBytes(level, option, int(value))
  }

  #setBytes(level: number, option: number, bytes: Uint8Array, syscall = 'setsockopt'): void {
    const result = this.#addon.setOption(this.#handle, level, option, bytes)
    if (result < 0) throw systemError(syscall, -result)
  }
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
