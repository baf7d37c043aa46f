import type { BasicPeer, LocalOptions } from '@udpng/basic-peer'
import { type Control, Inbox, link, type Outbox, Scheduler, type UdpngError } from '@udpng/core'
import type { Address, Datagram } from '@udpng/datagram'
import {
  type Kind,
  type ScriptedSocket,
  ScriptedTransport,
  sum,
} from '@udpng/transport-tests/tools'
import { StepClock } from '../scheduler/step-clock.js'

interface Boxes {
  readonly inbox?: Inbox<unknown>
  readonly outbox?: Outbox<Datagram>
}

/** A peer whose socket is played, and which goes on step by step. */
export class PlayedPeer {
  readonly peer: BasicPeer
  readonly inbox: Inbox<unknown> | undefined
  readonly got: Inbox<Datagram> = new Inbox('Received', { capacity: Infinity })
  readonly said: Inbox<Control> = new Inbox('Said')
  readonly reports: Inbox<UdpngError> = new Inbox('Reports', { capacity: Infinity })
  readonly #net = new ScriptedTransport('by hand')
  readonly #scheduler: Scheduler
  readonly #clock = new StepClock()
  #failure: UdpngError | undefined

  /** @param create - makes the peer, with a transport that it is given */
  constructor(create: (transport: ScriptedTransport) => BasicPeer) {
    this.#scheduler = new Scheduler({ clock: this.#clock, onFailure: 'isolate' })
    this.#scheduler.observe((event) => {
      if (event.kind === 'failed') this.#failure = event.error
    })
    this.peer = create(this.#net)
    const { inbox, outbox } = this.peer as unknown as Boxes
    this.inbox = inbox
    if (outbox) link(outbox, this.got)
    link(this.peer.signal, this.said)
    link(this.peer.errors, this.reports)
    this.#scheduler.activate(this.peer)
    this.go()
  }

  static of(kind: Kind, to: Address, options: LocalOptions = {}): PlayedPeer {
    return new PlayedPeer((transport) => kind.create({ ...options, transport }, to))
  }

  get socket(): ScriptedSocket {
    return this.#net.socket
  }

  get bound(): boolean {
    return this.#net.sockets.length === 1
  }

  /** Lets it do what there is to do. @throws what it failed with */
  go(): void {
    // The Selector is asked in one cycle, and answers in another.
    for (let n = 0; n < 3; n++) this.#scheduler.step()
    if (this.bound) this.socket.tell()
    this.#scheduler.step()
    if (this.#failure) throw this.#failure
  }

  /** Messages of which it is known what became. */
  get accounted(): number {
    const { sent, failed, dropped } = this.peer.stats
    return sent + sum(failed) + dropped.lookupQueueFull
  }

  /** Time passes. */
  wait(ms: number): void {
    this.#clock.moveTo(this.#clock.now() + ms)
    this.go()
  }

  /** What it has not done when it should be through. */
  get left(): readonly string[] {
    const { sockets } = this.#net
    return [
      ...(this.peer.ended ? [] : ['it has not ended']),
      ...(sockets.every(({ closed }) => closed) ? [] : ['its socket is open']),
      ...(this.#clock.pending === 0 ? [] : ['a timer is left']),
      ...(this.#scheduler.snapshot().components.length === 0 ? [] : ['its Selector lives']),
      ...(this.said.delivered === 1 ? [] : [`it said ${this.said.delivered} last words`]),
    ]
  }
}
