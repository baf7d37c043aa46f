import type { BasicPeer, DatagramTransport, LocalOptions } from '@udpng/basic-peer'
import {
  type Component,
  type Control,
  Inbox,
  type InboxSnapshot,
  link,
  type Outbox,
  Scheduler,
  type SchedulerOptions,
  type UdpngError,
} from '@udpng/core'
import type { Address, Datagram, Family } from '@udpng/datagram'
import { eventually, ownPort } from 'test-support'
import { onTestFinished } from 'vitest'
import { Endpoint, type EndpointOptions } from './endpoint.js'
import type { Kind } from './kinds.js'
import { WatchedTransport } from './watched-transport.js'

/** Options of a subject, in addition to those of its peer. */
export interface Wiring {
  /** Capacity of the inbox behind its `outbox` (default `Infinity`). */
  readonly capacity?: number
  /** The inbox for its reports (default: a new one). */
  readonly reports?: Inbox<UdpngError>
}

/** A peer under test, with an inbox behind each of its outboxes. */
export class Subject<P extends BasicPeer = BasicPeer> {
  readonly peer: P
  readonly got: Inbox<Datagram>
  readonly said: Inbox<Control> = new Inbox('What it said at its end')
  readonly reports: Inbox<UdpngError>

  constructor(peer: P, { capacity = Infinity, reports }: Wiring = {}) {
    this.peer = peer
    this.reports = reports ?? new Inbox('What it could not send', { capacity: Infinity })
    this.got = new Inbox('What it received', { capacity })
    link(peer.signal, this.said)
    link(peer.errors, this.reports)
    const { outbox } = peer as unknown as { outbox?: Outbox<Datagram> }
    if (outbox) link(outbox, this.got)
  }

  get inbox(): Inbox<unknown> {
    return (this.peer as unknown as { inbox: Inbox<unknown> }).inbox
  }

  get address(): Address {
    if (!this.peer.address) throw new Error(`${this.peer.name} is not bound`)
    return this.peer.address
  }

  /** Waits until `count` datagrams are queued behind its outbox, and takes all. */
  async received(count: number): Promise<Datagram[]> {
    await eventually(
      () => this.got.length >= count,
      () => `${this.peer.name} has emitted ${this.got.length} of ${count} datagrams: that`,
    )
    return [...this.got]
  }

  /** The same, as text. */
  async texts(count: number): Promise<string[]> {
    return (await this.received(count)).map(([data]) => String(data))
  }

  /** Waits until `count` datagrams are reported, and takes all the reports. */
  async reported(count: number): Promise<UdpngError[]> {
    await eventually(
      () => this.reports.length >= count,
      () => `${this.peer.name} has made ${this.reports.length} of ${count} reports: that`,
    )
    return [...this.reports]
  }

  async ended(): Promise<Control[]> {
    await eventually(() => this.peer.ended, `the end of ${this.peer.name}`)
    return [...this.said]
  }

  /** Number of messages put in its inbox that are accounted for, once the peer has ended. */
  get accounted(): number {
    const { sent, failed, dropped } = this.peer.stats
    return sent + sum(failed) + dropped.unsent + dropped.lookupQueueFull
  }
}

/** The same, of a class that is known by its kind. */
export class KindSubject extends Subject {
  readonly #message: (data: unknown) => unknown

  constructor(peer: BasicPeer, message: (data: unknown) => unknown, wiring: Wiring) {
    super(peer, wiring)
    this.#message = message
  }

  /** Puts data in its inbox, for its destination. */
  put(...data: unknown[]): void {
    for (const one of data) this.inbox.deliver(this.#message(one))
  }
}

/** The environment of most tests: a scheduler, one transport and one family. Everything is closed after the test. */
export class Rig {
  readonly transport: WatchedTransport
  /** The same, without a watcher. */
  readonly bare: DatagramTransport
  readonly family: Family
  /** This host's loopback address. */
  readonly host: string
  readonly scheduler: Scheduler
  readonly #endpoints: Endpoint[] = []

  constructor(transport: DatagramTransport, family: Family, options: SchedulerOptions = {}) {
    this.transport = new WatchedTransport(transport)
    this.bare = transport
    this.family = family
    this.host = loopback(family)
    this.scheduler = new Scheduler({ onFailure: 'isolate', ...options })
    onTestFinished(() => {
      this.scheduler.stop()
      for (const endpoint of this.#endpoints) endpoint.close()
    })
  }

  /** Options of a peer on this transport that is bound to loopback. */
  get local(): LocalOptions {
    return { transport: this.transport, family: this.family, localAddr: this.host }
  }

  endpoint(options: EndpointOptions = {}): Endpoint {
    const endpoint = new Endpoint(this.transport, this.family, this.host, options)
    this.#endpoints.push(endpoint)
    return endpoint
  }

  /** An address without a listener, outside the range of ephemeral ports. */
  deadAddress(): Address {
    for (let triesLeft = 100; ; triesLeft--)
      try {
        const endpoint = this.endpoint({ port: ownPort() })
        endpoint.close()
        return endpoint.address
      } catch (error) {
        if (triesLeft === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      }
  }

  /** A peer that is not started yet; `to` is its destination. */
  make(kind: Kind, to?: Address, options: LocalOptions & Wiring = {}): KindSubject {
    const { capacity = Infinity, reports, ...own } = options
    const peer = kind.create({ ...this.local, ...own }, to)
    const message = (data: unknown): unknown => kind.message(data, to ?? [this.host, 9])
    return new KindSubject(peer, message, { capacity, ...(reports && { reports }) })
  }

  /** Starts what was made, and waits until it is bound. */
  async start<S extends Subject>(subject: S): Promise<S> {
    this.activate(subject.peer)
    await subject.peer.bound
    return subject
  }

  /** Makes a peer and starts it. */
  async begin(kind: Kind, to?: Address, options: LocalOptions & Wiring = {}): Promise<KindSubject> {
    return this.start(this.make(kind, to, options))
  }

  activate<C extends Component>(component: C): C {
    this.scheduler.activate(component)
    void this.scheduler.run()
    return component
  }

  /** What the snapshot says of an inbox, be it protected. */
  box(peer: BasicPeer, inbox: string): InboxSnapshot {
    const component = this.scheduler.snapshot().components.find(({ name }) => name === peer.name)
    const box = component?.inboxes[inbox]
    if (!box) throw new Error(`${peer.name} has no inbox ${inbox}`)
    return box
  }

  /** What the snapshot says it is doing. */
  state(peer: BasicPeer): string | undefined {
    return this.scheduler.snapshot().components.find(({ name }) => name === peer.name)?.state
  }
}

export function loopback(family: Family): string {
  return family === 6 ? '::1' : '127.0.0.1'
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0)
}

/** Text of `count` datagrams, numbered. */
export function numbered(count: number, prefix = ''): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`)
}

export function label(transport: DatagramTransport, family: Family): string {
  return `${transport.name}, IPv${family}`
}
