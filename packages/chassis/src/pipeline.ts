import { type Component, UdpngError } from '@udpng/core'
import { type Composed, Composite, type Recipient } from './composite.js'
import { inboxOf, outboxOf } from './end-boxes.js'
import { type Join, linkAll } from './link-all.js'
import type { After, Before, Entrance, Exit, Fitting, IsListed, Last, Stages } from './stages.js'

/** The type of `new Pipeline(...)`: a component with the `inbox` and the `outbox` of its end stages. */
export type Pipeline<S extends Stages> = Composed & Entrance<S[0]> & Exit<Last<S>>

/**
 * Runs a chain of components as one component: messages in its `inbox` pass through all stages and
 * leave through its `outbox`.
 *
 * Each stage's `outbox` feeds the next stage's `inbox`, and its `signal` the next stage's `control`. The
 * pipeline's `inbox` is the first stage's box; its `outbox` and `signal` are the last stage's: the same
 * objects, so nothing is copied on the way, and backpressure from a full inbox reaches all the way back to the
 * source. A box that the stage lacks is missing on the pipeline.
 *
 * The stages start when the pipeline starts; do not start them yourself. The pipeline ends when all of them have ended. The last
 * messages of a stage that ends still reach the next stage; later messages to the ended stage are discarded and
 * counted. Messages in the pipeline's `control` go to the first stage that still lives.
 *
 * The compiler checks that each stage takes the messages of the stage before it, also for stages from an array
 * (`...stages`). It infers the parameter of a `Transformer` from the stage before it, in pipelines of two to six stages. It does
 * not check a stage of type `Component`.
 *
 * @example
 * await new Pipeline(new ConsoleReader(), new UDPSender({ receiverPort: 1500 })).run()
 *
 * @see Kamaelia.Chassis.Pipeline
 */
export const Pipeline: {
  /**
   * Links one or more stages, in the order in which messages pass through them; starts nothing.
   *
   * @throws {UdpngError} `BAD_OPTION` without a stage, for a value that is not a component, and for a stage given
   *   twice; `BAD_LINK` if a stage lacks the box that links it to its neighbour;
   *   `BOX_ALREADY_LINKED` if its outbox already feeds an inbox. Then no link is left behind.
   */
  new <A extends Component, B extends Component>(a: Before<A, B>, b: After<A, B>): Pipeline<[A, B]>
  new <A extends Component, B extends Component, C extends Component>(
    a: Before<A, B>,
    b: Before<B, C, After<A, B>>,
    c: After<B, C>,
  ): Pipeline<[A, B, C]>
  new <A extends Component, B extends Component, C extends Component, D extends Component>(
    a: Before<A, B>,
    b: Before<B, C, After<A, B>>,
    c: Before<C, D, After<B, C>>,
    d: After<C, D>,
  ): Pipeline<[A, B, C, D]>
  new <
    A extends Component,
    B extends Component,
    C extends Component,
    D extends Component,
    E extends Component,
  >(
    a: Before<A, B>,
    b: Before<B, C, After<A, B>>,
    c: Before<C, D, After<B, C>>,
    d: Before<D, E, After<C, D>>,
    e: After<D, E>,
  ): Pipeline<[A, B, C, D, E]>
  new <
    A extends Component,
    B extends Component,
    C extends Component,
    D extends Component,
    E extends Component,
    F extends Component,
  >(
    a: Before<A, B>,
    b: Before<B, C, After<A, B>>,
    c: Before<C, D, After<B, C>>,
    d: Before<D, E, After<C, D>>,
    e: Before<E, F, After<D, E>>,
    f: After<E, F>,
  ): Pipeline<[A, B, C, D, E, F]>
  // For stages from arrays, for more than six, for one, and for `extends Pipeline<[A, B]>`, where `T` is missing. Calls that
  // have a signature above find a parameter list here that they cannot match, so that the message is about that signature.
  new <S extends Stages, T = undefined>(
    ...stages: IsListed<T> extends true ? [] : T extends Stages ? Fitting<T> : Fitting<S>
  ): Pipeline<S>
} = class extends Composite {
  constructor(...stages: readonly Component[]) {
    super(
      stages.map((part, i) => ({
        part,
        label: `stage ${i + 1}`,
        group: groupOf(part, stages.slice(0, i)),
      })),
    )
    const first = stages[0]
    const last = stages.at(-1)
    if (!first || !last) throw new UdpngError('BAD_OPTION', 'a pipeline needs at least one stage')
    linkAll(stages.slice(1).flatMap((to, i) => joins(stages[i] as Component, to, i + 1)))
    const inbox = inboxOf(first)
    const outbox = outboxOf(last)
    this.share({ ...(inbox && { inbox }), ...(outbox && { outbox }), signal: last.signal })
    this.reserveParts()
  }

  protected override recipients(living: readonly Component[]): readonly Recipient[] {
    return living.slice(0, 1).map((part) => ({ part, box: part.control }))
  }
} as unknown as typeof Pipeline

/** The label of a stage in accounts: its class, with a number from the second stage of a class on. */
function groupOf(stage: Component, before: readonly Component[]): string {
  const name = stage?.constructor?.name
  const number = before.filter((other) => other?.constructor?.name === name).length + 1
  return number === 1 ? name : `${name}#${number}`
}

/** The linkages from a stage to the next; `number` is its own, from 1. */
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
