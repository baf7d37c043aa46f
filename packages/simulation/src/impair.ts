import { Component, type Counts, Inbox, type Main, Outbox } from '@udpng/core'
import { checkOptions, type OptionTable, whole } from '@udpng/core/options'
import { type Datagram, isDatagram, type Letter, type Payload, payloadOf } from '@udpng/datagram'
import { Agenda } from './agenda.js'
import { CONDITIONS, type Conditions } from './conditions.js'
import { Path, type PathStats } from './path.js'
import { Random } from './random.js'

/** A message of an `Impair`: data, a received datagram, or a letter to send. */
export type Impairable = Payload | Datagram | Letter

/** Options of an `Impair`, in addition to the conditions. */
export interface ImpairOptions extends Conditions {
  /** The seed of all random decisions: a whole number (default 0). */
  readonly seed?: bigint | number
  /** Maximum number of messages under way: further ones are dropped (default 100 000). */
  readonly limit?: number
}

/**
 * Counts the messages: those taken from `inbox` are `sent + malformed`, and between any two steps
 * `sent + duplicated = emitted + underWay + overLimit + unsent + lost.loss + lost.queueFull + lost.blocked`.
 */
export interface ImpairStats extends PathStats {
  /** Sent on `outbox`. */
  emitted: number
  /** Not yet sent on `outbox`. */
  underWay: number
  /** Dropped because too many were under way. */
  overLimit: number
  /** Not impairable: messages without data. */
  malformed: number
  /** Under way when it ended. */
  unsent: number
}

const OWN = {
  seed: {
    kind: {
      accepts: (value) => typeof value === 'bigint' || Number.isSafeInteger(value),
      must: () => 'a whole number',
    },
    default: 0,
  },
  limit: {
    kind: whole,
    unit: 'messages',
    min: 1,
    default: 100_000,
  },
} as const satisfies OptionTable<Omit<ImpairOptions, keyof Conditions>>
/** Maximum number of messages per step: then other components get their turn. */
const MESSAGES_PER_STEP = 64

/**
 * Impairs messages like a bad network: it delays, loses, duplicates, reorders, corrupts or
 * rate-limits them on their way from `inbox` to `outbox`, with the scheduler's clock and a seed. It applies no backpressure: messages
 * without room are dropped and counted.
 *
 * On producerFinished it passes on the messages under way, and ends; on shutdownMicroprocess it ends at once.
 *
 * @example
 * new Pipeline(new DataSource(lines), new Impair({ delayMs: 50, jitterMs: 20, loss: 0.1, seed: 7 }), peer)
 */
export class Impair<T extends Impairable = Impairable> extends Component {
  readonly inbox: Inbox<T> = new Inbox('Messages')
  readonly outbox: Outbox<T> = new Outbox('Those that come through')
  readonly #path: Path
  readonly #limit: number
  readonly #underway = new Agenda<T>()
  readonly #own = { emitted: 0, overLimit: 0, malformed: 0, unsent: 0 }

  /**
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option
   */
  constructor(options?: ImpairOptions) {
    super()
    const {
      seed = OWN.seed.default,
      limit = OWN.limit.default,
      ...conditions
    } = checkOptions('create Impair', { ...OWN, ...CONDITIONS }, options)
    this.#path = new Path(new Random(seed), conditions)
    this.#limit = limit
  }

  /** Counters of all its messages. */
  get stats(): ImpairStats {
    const underWay = this.ended ? 0 : this.#underway.length
    return { ...structuredClone(this.#path.stats), ...this.#own, underWay }
  }

  protected override accounting(): Counts {
    const { duplicated, underWay, lost, overLimit, malformed, unsent } = this.stats
    return {
      entered: duplicated,
      waiting: underWay,
      dropped: { ...lost, overLimit, malformed, unsent },
    }
  }

  /** The current conditions. New ones apply to messages taken from now on. */
  get conditions(): Conditions {
    return this.#path.conditions
  }

  /** @throws {UdpngError} `BAD_OPTION` for an unknown or invalid condition */
  set conditions(conditions: Conditions) {
    this.#path.conditions = conditions
  }

  override *main(): Main {
    const { clock } = this.scheduler
    for (;;) {
      const now = clock.now()
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      for (let left = MESSAGES_PER_STEP; left > 0 && this.inbox.ready; left--)
        this.#take(this.inbox.recv() as T, now)
      this.#emit(now)
      const next = this.#underway.first?.due
      if (word && next === undefined && !this.inbox.ready) return
      // Late for want of room: what makes room wakes it.
      const waits = next === undefined || next <= now ? Infinity : next - now
      yield this.inbox.ready ? undefined : this.pause(waits)
    }
  }

  protected override onEnd(): void {
    this.#own.unsent = this.#underway.length
  }

  #take(message: T, now: number): void {
    const data = dataOf(message)
    if (data === undefined) {
      this.#own.malformed++
      return
    }
    for (const { afterMs, data: arrives } of this.#path.pass(data, now))
      if (this.#underway.length >= this.#limit) this.#own.overLimit++
      else
        this.#underway.add(now + afterMs, arrives === data ? message : withData(message, arrives))
  }

  #emit(now: number): void {
    const { outbox } = this
    for (;;) {
      const { due = Infinity } = this.#underway.first ?? {}
      if (due > now || outbox.full) return
      outbox.send(this.#underway.take()?.item as T)
      this.#own.emitted++
    }
  }
}

/** The data of a message as bytes; undefined if it has none. */
function dataOf(message: Impairable): Uint8Array | undefined {
  const payload = payloadOf(message)
  return typeof payload === 'string' ? Buffer.from(payload) : payload
}

/** The same message with other bytes: text stays text. */
function withData<T extends Impairable>(message: T, data: Uint8Array): T {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length)
  const like = (payload: unknown): Payload => (typeof payload === 'string' ? String(bytes) : bytes)
  if (!Array.isArray(message)) return like(message) as T
  const members: unknown[] = [...message]
  const at = isDatagram(message) ? 0 : 2
  members[at] = at === 0 ? bytes : like(members[at])
  return members as unknown as T
}
