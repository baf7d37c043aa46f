import { Graphline, Pipeline, Sessions } from '@udpng/chassis'
import {
  Component,
  Inbox,
  link,
  type Main,
  Outbox,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import type { Letter } from '@udpng/datagram'
import { Splitter, Transformer } from '@udpng/flow'
import { Impair } from '@udpng/simulation'
import type { Decisions } from './random.js'

type Stage = Component & { readonly inbox: Inbox<Buffer>; readonly outbox: Outbox<Buffer> }

/** Passes on what `f` makes of each message; so little fits in its inbox that the part before it is often slowed. */
class Narrow<In> extends Component {
  readonly inbox: Inbox<In>
  readonly outbox: Outbox<Buffer> = new Outbox('What became of them')
  readonly #f: (message: In) => Buffer

  constructor(capacity: number, f: (message: In) => Buffer) {
    super()
    this.inbox = new Inbox('Messages', { capacity })
    this.#f = f
  }

  override *main(): Main {
    for (;;) {
      const word = this.readControl()
      while (this.inbox.ready && !this.outbox.full)
        this.outbox.send(this.#f(this.inbox.recv() as In))
      if (word?.kind === 'shutdownMicroprocess' || (word && !this.inbox.ready)) return
      yield this.pause()
    }
  }
}

/** Cycles in which all parts come to rest. */
const MAX_CYCLES = 10_000
const MAX_DEPTH = 2

/**
 * A random graph of shipped parts that pass messages on. Messages go in, are taken at its ends, and parts of it are ended,
 * until it is drained: then nothing may wait in it. Its clock stands still.
 */
export class DrainedGraph {
  readonly scheduler: Scheduler = new Scheduler({ clock: { now: () => 0, after: () => () => {} } })
  readonly #decisions: Decisions
  readonly #ends: Inbox<Buffer>[] = []
  readonly #head: Stage
  /** What it is made of, for people to read. */
  readonly shape: string[] = []

  constructor(decisions: Decisions) {
    this.#decisions = decisions
    this.#head = this.scheduler.activate(this.#chain(0))
    this.#lead(this.#head.outbox)
    if (decisions.roll(3) === 0) this.#head.inbox.deliver(Buffer.from('before the start'))
  }

  /** One random thing happens. */
  act(): void {
    const roll = (below: number): number => this.#decisions.roll(below)
    const what = roll(20)
    if (what < 10) {
      for (let left = 1 + roll(6); left > 0; left--)
        this.#head.inbox.deliver(Buffer.from([roll(256), roll(6)]))
    } else if (what < 13) this.#ends[roll(this.#ends.length)]?.recv()
    else if (what === 13) this.#endOne(roll(1000))
    for (let cycles = roll(4); cycles > 0; cycles--) this.scheduler.step()
  }

  /** Takes at the ends what comes, until nothing does. */
  drain(): void {
    for (;;) {
      this.#rest()
      // One at a time, so that there is never more room than for one.
      if (!this.#ends.map((end) => end.recv()).some((taken) => taken)) return
    }
  }

  /** Parts that wait, though there is something for them to do and room for it. */
  get stuck(): string[] {
    return this.scheduler
      .snapshot()
      .components.flatMap(({ name, inboxes }) =>
        Object.entries(inboxes).flatMap(([box, { length }]) =>
          length > 0 ? [`${length} in ${name}.${box}`] : [],
        ),
      )
  }

  #rest(): void {
    for (let left = MAX_CYCLES; left > 0; left--) {
      this.scheduler.step()
      if (Array.from(this.scheduler.living).every(({ state }) => state !== 0)) return
    }
    throw new Error('it does not come to rest')
  }

  /** Shuts a part down: not the head, which would end it all. */
  #endOne(which: number): void {
    const parts = [...this.scheduler.living].slice(1)
    parts[which % parts.length]?.component.control.deliver(shutdownMicroprocess())
  }

  #lead(outbox: Outbox<Buffer>): void {
    const end = new Inbox<Buffer>('An end', { capacity: 1 + this.#decisions.roll(3) })
    this.#ends.push(end)
    link(outbox, end)
  }

  #chain(depth: number): Stage {
    const stages = Array.from({ length: 1 + this.#decisions.roll(3) }, () => this.#stage(depth))
    return new Pipeline(...(stages as [Stage])) as unknown as Stage
  }

  #stage(depth: number): Stage {
    const kind = this.#decisions.roll(depth < MAX_DEPTH ? 6 : 3)
    this.shape.push(`${'  '.repeat(depth)}${kind}`)
    if (kind === 0) return new Narrow<Buffer>(1 + this.#decisions.roll(3), (data) => data)
    if (kind === 1) return new Transformer((data: Buffer) => (data[0] === 0 ? undefined : data))
    if (kind === 2) return new Impair<Buffer>()
    if (kind === 3) return this.#splitter(depth)
    return this.#sessions(depth)
  }

  /** One of its sinks is the next stage, the other ones are ends. */
  #splitter(depth: number): Stage {
    const splitter = new Splitter<Buffer>()
    const next = this.#chain(depth + 1)
    splitter.add(next.inbox, next.control)
    const end = new Inbox<Buffer>('An end', { capacity: 1 + this.#decisions.roll(3) })
    this.#ends.push(end)
    splitter.add(end)
    return new Graphline(
      { SPLITTER: splitter, NEXT: next },
      { 'self.inbox': 'SPLITTER.inbox', 'NEXT.outbox': 'self.outbox' },
    ) as unknown as Stage
  }

  #sessions(depth: number): Stage {
    const sessions = new Sessions(() => this.#chain(depth + 1) as never, {
      capacity: 1 + this.#decisions.roll(4),
    })
    return new Pipeline(
      new Transformer((data: Buffer) => [data, ['192.0.2.1', 1 + (data[1] ?? 0)]] as const),
      sessions,
      new Narrow<Letter>(1 + this.#decisions.roll(3), ([, , data]) => Buffer.from(data)),
    ) as unknown as Stage
  }
}
