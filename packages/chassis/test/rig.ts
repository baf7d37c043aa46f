import { Sessions, type SessionsOptions } from '@udpng/chassis'
import {
  Component,
  type Control,
  Inbox,
  type InboxOptions,
  link,
  type Main,
  Outbox,
  Scheduler,
  type SchedulerEvent,
  type SchedulerOptions,
  type UdpngError,
} from '@udpng/core'
import type { Address, DatagramDetails, Letter } from '@udpng/datagram'
import { ManualClock } from 'test-support'
import type { Probe } from './probe.js'

export const A: Address = ['192.0.2.1', 1]
export const B: Address = ['192.0.2.2', 1]
export const C: Address = ['192.0.2.3', 1]
export const D: Address = ['192.0.2.4', 1]

export const NOTHING = { noRoom: 0, shortage: 0, sessionFull: 0, unread: 0, failed: 0, unsent: 0 }

/** Takes nothing from its inbox until it is let; then it is an echo. Obeys both control messages all the while. */
export class Gate extends Component {
  readonly inbox: Inbox<Buffer>
  readonly outbox: Outbox<Buffer> = new Outbox('The same')
  protected readonly opens: Inbox<true> = new Inbox('It may take')
  readonly got: string[] = []
  readonly told: Control[] = []
  #open = false

  constructor(options: InboxOptions = {}) {
    super()
    this.inbox = new Inbox('Datagrams', options)
  }

  open(): void {
    this.opens.deliver(true)
  }

  override *main(): Main {
    for (;;) {
      for (const _ of this.opens) this.#open = true
      const word = this.readControl()
      if (word) this.told.push(word)
      if (this.#open)
        for (const data of this.inbox) {
          this.got.push(String(data))
          this.outbox.send(data)
        }
      if (word) return
      yield this.pause()
    }
  }
}

/** Says something when the test wants it to, and holds back while it may not. */
export class Talker extends Component {
  readonly inbox: Inbox<Buffer> = new Inbox('Datagrams')
  readonly outbox: Outbox<string> = new Outbox('What it was asked to send')
  readonly says: Inbox<string> = new Inbox('What it is to say', { capacity: Infinity })
  readonly #heeds: boolean

  /** @param heeds - whether producerFinished ends it, too */
  constructor(heeds = true) {
    super()
    this.#heeds = heeds
  }

  override *main(): Main {
    for (;;) {
      this.inbox.recv()
      const word = this.readControl()
      while (this.says.ready && !this.outbox.full) this.outbox.send(this.says.recv() as string)
      if (word?.kind === 'shutdownMicroprocess' || (word && this.#heeds)) return
      yield this.pause()
    }
  }
}

/** Takes one datagram, then sleeps through everything until it is closed. */
export class Sleeper extends Component {
  readonly inbox: Inbox<Buffer> = new Inbox('Datagrams')
  closed = false
  override *main(): Main {
    this.inbox.recv()
    try {
      yield* this.sleep(Infinity)
    } finally {
      this.closed = true
    }
  }
}

/** Sessions of such children on a clock that is moved by hand; cycle by cycle. */
export class Rig<C extends Component> {
  readonly clock: ManualClock = new ManualClock()
  readonly scheduler: Scheduler
  readonly sessions: Sessions
  readonly letters: Inbox<Letter>
  /** All children that were made, in order, and their sources. */
  readonly made: C[] = []
  readonly sources: Address[] = []
  readonly events: SchedulerEvent[] = []
  /** What the sessions reported. */
  readonly errors: Inbox<UdpngError> = new Inbox<UdpngError>('Errors')
  readonly said: Inbox<Control> = new Inbox<Control>('What it said at the end')

  constructor(
    make: (source: Address) => C,
    options?: SessionsOptions,
    { onFailure, room }: SchedulerOptions & { room?: number } = {},
  ) {
    this.scheduler = new Scheduler({ clock: this.clock, onFailure: onFailure ?? 'stop' })
    this.scheduler.observe((event) => void this.events.push(event))
    const remember = (source: Address): Component => {
      this.sources.push(source)
      const child = make(source)
      this.made.push(child)
      return child
    }
    this.sessions = new Sessions(remember as (source: Address) => Probe<Buffer>, options)
    this.letters = new Inbox<Letter>('Letters', { capacity: room ?? 1024 })
    link(this.sessions.outbox, this.letters)
    link(this.sessions.signal, this.said)
    link(this.sessions.errors, this.errors)
    this.scheduler.activate(this.sessions)
  }

  /** A datagram from there. */
  send(source: Address, text: string, details?: DatagramDetails): Buffer {
    const data = Buffer.from(text)
    this.sessions.inbox.deliver(details ? [data, source, details] : [data, source])
    return data
  }

  /** Runs a number of cycles: by default enough for all to pause. */
  step(cycles = 20): void {
    for (let i = 0; i < cycles; i++) this.scheduler.step()
  }

  /** Time passes: then all come to rest. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms)
    this.step()
  }

  /** What the letters say. */
  get post(): string[] {
    return Array.from(this.letters, ([host, port, data]) => `${host} ${port} ${data}`)
  }

  child(index: number): C {
    const child = this.made[index]
    if (!child) throw new Error(`there is no child ${index}, only ${this.made.length}`)
    return child
  }
}
