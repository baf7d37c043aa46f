import {
  findInterface,
  type JoinedInterface,
  type Membership,
  type MembershipSystem,
  type SendingMulticastOptions,
} from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { type Addon, type Handle, NAME_BYTES } from './addon.js'
import {
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IP_MULTICAST_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_MULTICAST_HOPS,
  IPV6_MULTICAST_IF,
  IPV6_MULTICAST_LOOP,
  MCAST_JOIN_GROUP,
  MCAST_JOIN_SOURCE_GROUP,
  MCAST_LEAVE_GROUP,
  MCAST_LEAVE_SOURCE_GROUP,
} from './linux.js'
import { setOption } from './set-option.js'

/** Size of `struct sockaddr_storage`, bytes. */
const STORAGE_BYTES = 128
/** Offset of the group in `struct group_req` and `struct group_source_req`: after the index and padding. */
const GROUP_AT = 8

/**
 * The multicast options of one socket.
 *
 * @see ip(7), ipv6(7); struct group_source_req in include/uapi/linux/in.h
 */
export class Multicast implements MembershipSystem {
  readonly #addon: Addon
  readonly #handle: Handle
  readonly #family: Family
  readonly #level: number
  readonly onLost: MembershipSystem['onLost']

  constructor(addon: Addon, handle: Handle, family: Family, onLost: MembershipSystem['onLost']) {
    this.#addon = addon
    this.#handle = handle
    this.#family = family
    this.#level = family === 6 ? IPPROTO_IPV6 : IPPROTO_IP
    this.onLost = onLost
  }

  find(given: string): JoinedInterface {
    const found = findInterface(given, this.#family)
    return { ...found, index: this.indexOf(found.name) }
  }

  indexOf(name: string): number | undefined {
    const scoped = Buffer.alloc(NAME_BYTES)
    const isKnown = this.#addon.pack(`fe80::%${name}`, 0, scoped, 0)
    return isKnown ? scoped.readInt32LE(24) : undefined // sin6_scope_id
  }

  join(membership: Membership, on: JoinedInterface | undefined): void {
    const option = membership.source === undefined ? MCAST_JOIN_GROUP : MCAST_JOIN_SOURCE_GROUP
    this.#set(option, this.#request(membership, on), 'addMembership')
  }

  leave(membership: Membership, on: JoinedInterface | undefined): void {
    const option = membership.source === undefined ? MCAST_LEAVE_GROUP : MCAST_LEAVE_SOURCE_GROUP
    this.#set(option, this.#request(membership, on), 'dropMembership')
  }

  /** Sets the given options for sending. */
  send({ interface: given, ttl, loopback }: SendingMulticastOptions): void {
    const six = this.#family === 6
    if (given !== undefined) {
      const { address, index = 0 } = this.find(given)
      this.#set(
        six ? IPV6_MULTICAST_IF : IP_MULTICAST_IF,
        six ? index : this.#choice(address, index),
      )
    }
    if (ttl !== undefined) this.#set(six ? IPV6_MULTICAST_HOPS : IP_MULTICAST_TTL, ttl)
    if (loopback !== undefined)
      this.#set(six ? IPV6_MULTICAST_LOOP : IP_MULTICAST_LOOP, loopback ? 1 : 0)
  }

  /** Returns a `struct ip_mreqn`: group, address, index. The address is what datagrams to groups come from. */
  #choice(address: string, index: number): Buffer {
    const choice = Buffer.alloc(12)
    const name = Buffer.alloc(NAME_BYTES)
    this.#addon.pack(address, 0, name, 0)
    name.copy(choice, 4, 4, 8)
    choice.writeInt32LE(index, 8)
    return choice
  }

  /** Returns a `struct group_req`, or a `struct group_source_req`, which has the source after the group. */
  #request({ group, source }: Membership, on: JoinedInterface | undefined): Buffer {
    const sockets = source === undefined ? [group] : [group, source]
    const request = Buffer.alloc(GROUP_AT + sockets.length * STORAGE_BYTES)
    request.writeInt32LE(on?.index ?? 0)
    sockets.forEach((host, number) => {
      this.#addon.pack(host, 0, request.subarray(GROUP_AT + number * STORAGE_BYTES), 0)
    })
    return request
  }

  #set(option: number, value: number | Uint8Array, syscall?: string): void {
    setOption(this.#addon, this.#handle, this.#level, option, value, syscall)
  }
}
