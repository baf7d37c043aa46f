import { createSocket } from 'node:dgram'
import * as batched from '@udpng/dgram'
import {
  Component,
  DataSource,
  Inbox,
  type Letter,
  type Main,
  Outbox,
  Pipeline,
  PostboxPeer,
  Transformer,
  UDPSender,
} from 'udpng'
import { schedulerFor } from './inspected.js'
import { destination, type Load } from './load.js'
import { answer, tell, times } from './words.js'

/** The options of a sender. */
export interface SenderOptions {
  readonly by: 'bare' | 'connected' | 'unchanged' | 'dgram' | 'native' | 'nothing'
  readonly port: number
  readonly load: Load
}

/** Sends that the bare loop keeps in flight: more make it no faster. */
const IN_FLIGHT = 256

/**
 * The job of a worker: sends from `start` to `stop`, as fast as it can, or at a rate; reports how many whenever it
 * is asked. By `nothing`, what would be sent is only counted.
 */
export async function send({ by, port, load }: SenderOptions): Promise<void> {
  const { sent, start, stop, page } =
    by === 'bare' || by === 'connected' || by === 'unchanged'
      ? sendBare(port, load, by)
      : await sendByComponents(port, load, by)
  const count = () => ({ ...times(), sent: sent() })
  answer({
    count,
    start: async ({ perSecond }) => {
      await start(perSecond)
      return {}
    },
    stop: async () => {
      await stop()
      return count()
    },
  })
  tell({ ...(page !== undefined && { page }) })
}

/** Payloads and addresses, each to be taken in turn. */
function prepare(load: Load): { payloads: readonly Buffer[]; hosts: readonly string[] } {
  return {
    payloads: load.sizes.map((size) => Buffer.alloc(size, 1)),
    hosts: Array.from({ length: load.destinations }, (_, i) => destination(i, load)),
  }
}

interface Sending {
  /** The port of its inspector's page. */
  readonly page?: number
  readonly sent: () => number
  readonly start: (perSecond?: number) => Promise<void>
  /** Resolves when all that was sent is with the system. */
  readonly stop: () => Promise<void>
}

/** The usual program, written with care: a batch of sends in flight, the next batch when all of these are out. */
function sendBare(port: number, load: Load, by: 'bare' | 'connected' | 'unchanged'): Sending {
  const connected = by === 'connected'
  const { payloads, hosts } = prepare(load)
  const socket = by === 'unchanged' ? batched.createSocket('udp4') : createSocket('udp4')
  const ready = new Promise<void>((resolve) => {
    if (connected) socket.connect(port, hosts[0] as string, resolve)
    else socket.bind(0, resolve) // to all addresses, as a UDPSender is: the kernel then looks for a source address each time
  })
  let sent = 0
  let inFlight = 0
  let turn = 0
  let stopped: (() => void) | undefined
  const done = (error: Error | null): void => {
    if (error) throw error
    sent++
    // Not at once: callbacks of sends that succeed at once come before anything else gets a turn.
    if (--inFlight === 0) setImmediate(next)
  }
  let due: Due = unlimited
  const next = (): void => (stopped ?? fill)()
  const fill = (): void => {
    const most = Math.min(IN_FLIGHT, due(sent))
    if (most <= 0) setTimeout(next, 1)
    for (; inFlight < most; inFlight++, turn++) {
      const payload = payloads[turn % payloads.length] as Buffer
      if (connected) socket.send(payload, done)
      else socket.send(payload, port, hosts[turn % hosts.length], done)
    }
  }
  return {
    sent: () => sent,
    start: async (perSecond) => {
      await ready
      stopped = undefined
      due = perSecond ? pacer(perSecond, sent) : unlimited
      fill()
    },
    stop: () =>
      new Promise((resolve) => {
        stopped = resolve
      }),
  }
}

/** How many more are due, given the number sent. */
type Due = (sent: number) => number

const unlimited: Due = () => Infinity

/** A rate per second from now on, in addition to those that are sent. */
function pacer(perSecond: number, before = 0): Due {
  const begin = performance.now()
  return (sent) => Math.floor(((performance.now() - begin) * perSecond) / 1000) - (sent - before)
}

/** Sends the items of a generator at a rate per second. */
class PacedSource<T> extends Component {
  readonly outbox: Outbox<T> = new Outbox('What is due')
  readonly #messages: Generator<T, void, void>
  readonly #due: Due
  #sent = 0

  constructor(messages: Generator<T, void, void>, perSecond: number) {
    super()
    this.#messages = messages
    this.#due = pacer(perSecond)
  }

  override *main(): Main {
    for (;;) {
      for (let left = this.#due(this.#sent); left > 0; left--) {
        const { value, done } = this.#messages.next()
        if (done) return
        this.#sent++
        if (!this.outbox.send(value as T)) while (this.outbox.full) yield this.pause()
      }
      yield this.pause(1)
    }
  }
}

/** Only counts. */
class Nothing extends Component {
  readonly inbox: Inbox<Buffer> = new Inbox('What would be sent')
  readonly stats = { sent: 0 }

  override *main(): Main {
    for (;;) {
      for (const _ of this.inbox) this.stats.sent++
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

async function sendByComponents(
  port: number,
  load: Load,
  by: 'dgram' | 'native' | 'nothing',
): Promise<Sending> {
  const { payloads, hosts } = prepare(load)
  const transport = by === 'nothing' ? 'auto' : by
  const { scheduler, page } = await schedulerFor(load.inspected)
  let stopped = false
  let before = 0
  let sender: UDPSender | PostboxPeer | Nothing | undefined
  let run: Promise<void> | undefined
  function* messages(): Generator<Buffer, void, void> {
    for (let turn = 0; !stopped; turn++) yield payloads[turn % payloads.length] as Buffer
  }
  function* letters(): Generator<Letter, void, void> {
    for (let turn = 0; !stopped; turn++)
      yield [hosts[turn % hosts.length] as string, port, payloads[turn % payloads.length] as Buffer]
  }
  const toOne = (perSecond?: number): Component => {
    const [receiverAddr = ''] = hosts
    sender =
      by === 'nothing'
        ? new Nothing()
        : new UDPSender({ receiverAddr, receiverPort: port, transport })
    let source: Component & { readonly outbox: Outbox<Buffer> } = perSecond
      ? new PacedSource(messages(), perSecond)
      : new DataSource(messages())
    for (let i = 0; i < (load.stages ?? 0); i++)
      source = new Pipeline(source, new Transformer((data: Buffer) => data))
    return new Pipeline(source, sender)
  }
  const toMany = (): Component => {
    sender = new PostboxPeer({ transport, onProducerFinished: 'drain' })
    return new Pipeline(new DataSource(letters()), sender)
  }
  return {
    ...(page !== undefined && { page }),
    sent: () => before + (sender?.stats.sent ?? 0),
    start: async (perSecond) => {
      stopped = false
      const program = hosts.length === 1 ? toOne(perSecond) : toMany()
      if (load.inspected === undefined) run = program.run()
      else {
        scheduler.activate(program)
        run = scheduler.run()
      }
    },
    stop: async () => {
      stopped = true
      await run
      before += sender?.stats.sent ?? 0
      sender = undefined
    },
  }
}
