import { type Component, UdpngError } from '@udpng/core'
import { type Composed, Composite, type Recipient } from './composite.js'
import { inboxOf, outboxOf } from './end-boxes.js'
import type { BoxOf, Fits, Sends, Takes } from './fits.js'
import { type Join, linkAll } from './link-all.js'

/** One component or more, in the order that messages pass through them. */
export type Stages = readonly [Component, ...Component[]]

/** A stage, as it is if it fits the one before it; else why not, for people to read in the compiler's message. */
type Follower<A, B> =
  Fits<BoxOf<A, 'outbox'>, BoxOf<B, 'inbox'>> extends true
    ? B
    : {
        readonly 'the stage before sends': Sends<BoxOf<A, 'outbox'>>
        readonly 'this stage takes': Takes<BoxOf<B, 'inbox'>>
      }

/** One by one, with what is `Done` carried along: so the compiler recurses up to 1000 times, else 50. */
type Followers<S extends readonly unknown[], Done extends unknown[] = []> = S extends readonly [
  infer A,
  infer B,
  ...infer Rest,
]
  ? Followers<[B, ...Rest], [...Done, Follower<A, B>]>
  : Done

/** The stages as they would have to be to fit. */
type Chain<S extends Stages> = readonly [S[0], ...Followers<S>]

type Last<S extends Stages> = S extends readonly [...unknown[], infer L] ? L : never

/** What `new Pipeline(...)` makes: a component with the `inbox` and the `outbox` that its end stages have. */
export type Pipeline<S extends Stages> = Composed &
  Pick<S[0], keyof S[0] & 'inbox'> &
  Pick<Last<S>, keyof Last<S> & 'outbox'>

/**
 * A chain of components as one component: what arrives in its `inbox` passes through all stages and
 * leaves through its `outbox`.
 *
 * Each stage's `outbox` feeds the next one's `inbox`, and its `signal` the next one's `control`. The
 * pipeline's `inbox` is the first stage's box, its `outbox` and `signal` are the last one's: the very same
 * objects, so nothing is copied on the way, and a full inbox holds up the stage before it, back to the
 * source. What the stage lacks, the pipeline lacks.
 *
 * The stages start when the pipeline starts, and not by themselves; it ends when all of them have ended. A stage
 * that ends leaves its last messages with the next one; what the one before it sends from then on is discarded and
 * counted. What arrives in the pipeline's `control` goes to the first stage that still lives.
 *
 * @example
 * await new Pipeline(new ConsoleReader(), new UDPSender({ receiverPort: 1500 })).run()
 *
 * @see Kamaelia.Chassis.Pipeline
 */
export const Pipeline: {
  /**
   * Joins the stages; starts nothing.
   *
   * @param stages - one or more, in the order that messages pass through them
   * @throws {UdpngError} `BAD_OPTION` without a stage, for what is no component, and for a stage that is
   *   there twice; `BAD_LINK` when a stage lacks the box that would join it to its neighbour;
   *   `BOX_ALREADY_LINKED` when its outbox feeds another inbox. Then no link is left behind.
   */
  new <S extends Stages>(...stages: S extends Chain<S> ? S : Chain<S>): Pipeline<S>
} = class extends Composite {
  constructor(...stages: readonly Component[]) {
    super(
      stages.map((part, i) => ({
        part,
        label: `stage ${i + 1}`,
        name: `${i + 1} ${part?.constructor?.name}`,
      })),
    )
    const first = stages[0]
    const last = stages.at(-1)
    if (!first || !last) throw new UdpngError('BAD_OPTION', 'a pipeline needs at least one stage')
    linkAll(stages.slice(1).flatMap((to, i) => joins(stages[i] as Component, to, i + 1)))
    const inbox = inboxOf(first)
    const outbox = outboxOf(last)
    this.share({ ...(inbox && { inbox }), ...(outbox && { outbox }), signal: last.signal })
  }

  protected override recipients(living: readonly Component[]): readonly Recipient[] {
    return living.slice(0, 1).map((part) => ({ part, box: part.control }))
  }
} as never

/** How a stage is joined to the next; `number` is its own, from 1. */
function joins(from: Component, to: Component, number: number): Join[] {
  const before = `stage ${number} (${from.name})`
  const after = `stage ${number + 1} (${to.name})`
  const label = `${before} to ${after}`
  const outbox = outboxOf(from)
  const inbox = inboxOf(to)
  if (!outbox) throw new UdpngError('BAD_LINK', `${before} has no outbox to feed ${after}`)
  if (!inbox) throw new UdpngError('BAD_LINK', `${after} has no inbox for what ${before} sends`)
  return [
    { label, from: outbox, to: inbox },
    { label, from: from.signal, to: to.control },
  ]
}
