import { randomInt } from 'node:crypto'
import type { DatagramTransport, LocalOptions, MulticastOptions } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { PostboxPeer } from '@udpng/peers'
import { eventually } from 'test-support'
import { expect } from 'vitest'
import { openSocket, sendAll } from './open-socket.js'
import { Rig, Subject } from './rig.js'

/** An interface to use multicast on. */
export interface MulticastInterface {
  readonly name: string
  /** Its address, with its scope where it needs one. */
  readonly address: string
  /** Another interface of this machine that what is sent on this one arrives at; not there for loopback. */
  readonly wiredTo?: string
}

/** Peers and senders on one interface, and groups that no other test has. */
export class MulticastRig {
  /** The address to bind to: all of this host. */
  readonly anywhere: string
  readonly #transport: DatagramTransport
  readonly #family: Family
  readonly #on: MulticastInterface
  /** The number of the last group that a test got: very likely, processes that run beside this one have others. */
  #lastGroup: number = randomInt(2 ** 18)

  constructor(transport: DatagramTransport, family: Family, on: MulticastInterface) {
    this.#transport = transport
    this.#family = family
    this.#on = on
    this.anywhere = family === 4 ? '0.0.0.0' : '::'
  }

  /** Groups, each given once. */
  groups(count = 1): [string, ...string[]] {
    const all = Array.from({ length: count }, () => {
      const number = ++this.#lastGroup
      return this.#family === 4
        ? `239.${192 + ((number >> 16) & 3)}.${(number >> 8) & 255}.${number & 255}`
        : `ff02::4242:${(number & 0xffff).toString(16)}`
    })
    return all as [string, ...string[]]
  }

  /** Sends text from a socket that has joined no group, and resolves with its port. */
  async sendTo(
    host: string,
    port: number,
    text: string,
    options: MulticastOptions = {},
  ): Promise<number> {
    const multicast = { interface: this.#on.name, ...options }
    const sender = openSocket(this.#transport, {
      family: this.#family,
      host: this.anywhere,
      multicast,
    })
    await sendAll(sender.socket, [{ data: Buffer.from(text), host, port }])
    await eventually(() => sender.socket.pending === 0, 'pending 0')
    expect(sender.failed).toEqual([])
    return sender.address[1]
  }

  /** A peer that is not started yet. */
  make(multicast: MulticastOptions, options: LocalOptions = {}): PostboxPeer {
    return new PostboxPeer({
      transport: this.#transport,
      family: this.#family,
      localAddr: this.anywhere,
      ...options,
      multicast: { interface: this.#on.name, ...multicast },
    })
  }

  /** Starts a peer. */
  async start(
    multicast: MulticastOptions,
    options: LocalOptions = {},
  ): Promise<Subject<PostboxPeer>> {
    const rig = new Rig(this.#transport, this.#family)
    return rig.start(new Subject(this.make(multicast, options)))
  }

  /** Resolves when what was sent to groups before has arrived: a datagram to another group, sent after it, has. */
  async delivered(): Promise<void> {
    const [group] = this.groups()
    const witness = await this.start({ groups: [group] })
    await this.sendTo(group, witness.address[1], 'witness')
    await witness.texts(1)
  }
}
