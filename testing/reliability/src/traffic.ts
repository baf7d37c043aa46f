import type { LocalOptions, TransportChoice } from '@udpng/basic-peer'
import {
  Component,
  Inbox,
  link,
  type Main,
  Outbox,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import type { Datagram } from '@udpng/datagram'
import { UDPReceiver, UDPSender } from '@udpng/peers'
import { eventually, turn } from 'test-support'
import { type Account, accountOf, discrepancy, unaccounted } from './accounting.js'

/** Maximum in flight: every receive buffer holds them. */
const WINDOW = 128
const PACED = Buffer.from('paced')

/** Sends as fast as there is room, as long as it may. */
export class Flood extends Component {
  readonly outbox: Outbox<Uint8Array> = new Outbox('The same, again and again')
  sent = 0
  readonly #mayGoOn: (sent: number) => boolean | 'later'
  readonly #data: Uint8Array

  /** @param mayGoOn - whether to send one more; "later" is a break of 1 ms */
  constructor(
    mayGoOn: (sent: number) => boolean | 'later',
    data: Uint8Array = Buffer.from('flood'),
  ) {
    super()
    this.#mayGoOn = mayGoOn
    this.#data = data
  }

  override *main(): Main {
    for (;;) {
      if (this.outbox.full) yield this.pause()
      const goesOn = this.outbox.full || this.#mayGoOn(this.sent)
      if (!goesOn || this.control.ready) return
      if (goesOn === 'later') yield this.pause(1)
      else if (!this.outbox.full) {
        this.outbox.send(this.#data)
        this.sent++
      }
    }
  }
}

/** Sends `count`, never more in flight than fit in every receive buffer. */
export class Paced extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('What has arrived')
  readonly outbox: Outbox<Uint8Array> = new Outbox('The same, again and again')
  readonly #count: number

  constructor(count: number) {
    super()
    this.#count = count
  }

  override *main(): Main {
    let sent = 0
    let arrived = 0
    for (;;) {
      while (this.inbox.recv()) arrived++
      if (arrived === this.#count) return
      for (; sent < this.#count && sent - arrived < WINDOW; sent++) this.outbox.send(PACED)
      yield this.pause()
    }
  }
}

/** A sender and a receiver, over real sockets on this host. */
export class Traffic {
  readonly scheduler: Scheduler
  readonly receiver: UDPReceiver
  readonly sender: UDPSender
  /** What has arrived, to be taken by the test. */
  readonly got: Inbox<Datagram>
  readonly #run: Promise<void>

  private constructor(
    scheduler: Scheduler,
    run: Promise<void>,
    receiver: UDPReceiver,
    sender: UDPSender,
    got: Inbox<Datagram>,
  ) {
    this.scheduler = scheduler
    this.#run = run
    this.receiver = receiver
    this.sender = scheduler.activate(sender)
    this.got = got
    link(receiver.outbox, got)
  }

  /**
   * @param capacity - datagrams that fit behind the receiver (default 1024)
   * @param into - where they go (default: a box of the test)
   */
  static async begin(
    transport: TransportChoice,
    {
      capacity = 1024,
      into = new Inbox('What arrives', { capacity }),
      ...options
    }: LocalOptions & { readonly capacity?: number; readonly into?: Inbox<Datagram> } = {},
  ): Promise<Traffic> {
    const scheduler = new Scheduler()
    const receiver = scheduler.activate(
      new UDPReceiver({ ...options, transport, localAddr: '127.0.0.1' }),
    )
    const run = scheduler.run()
    run.catch(() => {}) // `bound` and `end` tell
    const [receiverAddr, receiverPort] = await receiver.bound
    const sender = new UDPSender({ transport, receiverAddr, receiverPort })
    const traffic = new Traffic(scheduler, run, receiver, sender, into)
    await sender.bound
    return traffic
  }

  /** Starts a flood into the sender. */
  flood(mayGoOn: (sent: number) => boolean | 'later', data?: Uint8Array): Flood {
    const flood = new Flood(mayGoOn, data)
    link(flood.outbox, this.sender.inbox)
    return this.scheduler.activate(flood)
  }

  get account(): Account {
    return accountOf([this.sender.stats], [this.receiver.stats])
  }

  /** Takes what is queued, `most` at most. */
  take(most: number = Infinity): number {
    let taken = 0
    while (taken < most && this.got.recv() !== undefined) taken++
    return taken
  }

  /** Waits until nothing arrives any more, taking all if asked to. */
  async calm(takes: boolean): Promise<void> {
    const known = (): number => {
      const { received, dropped } = this.account
      return received + dropped.unread + dropped.readBufferFull + dropped.kernel.atLeast
    }
    for (let calm = 0, rounds = 0; calm < 10 && rounds < 10_000; rounds++) {
      const before = known()
      if (takes) this.take()
      for (let n = 0; n < 3; n++) await turn()
      calm = known() === before && !(takes && this.got.ready) ? calm + 1 : 0
    }
  }

  /**
   * Both are asked to stop, and have ended.
   *
   * @throws when a datagram is not accounted for
   */
  async end(): Promise<void> {
    await this.abandon()
    const wrong = discrepancy(this.account)
    if (wrong !== undefined) throw new Error(wrong)
  }

  /**
   * The same, with datagrams that may still wait in the kernel, which not every transport counts.
   *
   * @throws when a message for the sender, or a datagram that was read, is not accounted for
   */
  async abandon(): Promise<void> {
    const { sender, receiver, got } = this
    for (const peer of [sender, receiver]) peer.control.deliver(shutdownMicroprocess())
    await eventually(() => sender.ended && receiver.ended, 'the end of both')
    this.scheduler.stop()
    await this.#run
    // What was on its way when the socket was closed still gets its outcome.
    const put = sender.inbox.delivered
    const lost = (): number => unaccounted(put, sender.stats)
    await eventually(
      () => lost() === 0,
      () => `that ${put} messages are accounted for, with ${lost()} left over,`,
    )
    const { received } = receiver.stats
    if (received !== got.delivered)
      throw new Error(`${received} were received, and ${got.delivered} given to the reader`)
    if (this.account.missing < 0) throw new Error(discrepancy(this.account))
  }
}
