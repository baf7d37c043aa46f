import type { Component, Outbox } from '@udpng/core'
import type { IsWide } from './composite.js'
import type { BoxOf, IsInbox, IsOutbox, IsUnion, Sends, Takes } from './fits.js'

/** The stages of a pipeline, in the order in which messages pass through them; at least one. */
export type Stages = readonly Component[]

/** A component whose `inbox` takes `T`, and perhaps more. A type parameter counts as its constraint. */
export interface Follower<T> {
  readonly inbox: { readonly deliver: (message: T) => boolean; readonly taken: number }
}

/** A component that has an `outbox`. */
interface Leader {
  readonly outbox: Pick<Outbox<never>, 'discarded' | 'full' | 'sent'>
}

/** The type of the messages that a stage sends to the next one. */
type SentBy<A> = A extends { readonly outbox: infer O } ? Sends<O> : unknown

/** The type that is required of a stage whose inbox does not fit: the compiler prints its members. */
interface Misfit<Why extends { readonly 'the stage before sends': unknown }>
  extends Follower<Why['the stage before sends']> {}

/** The type that is required of a stage without an outbox for the next stage: the compiler prints its members. */
interface DeadEnd<_Why> extends Leader {}

/**
 * The type of a stage `B` after a stage `A`: `B` if it fits, otherwise a type whose members say why not.
 *
 * While the compiler infers `B`, it is never. Then this is a component that takes the messages of `A`, from which the compiler
 * infers the parameter of a `Transformer`'s function.
 */
export type After<A, B> = [B] extends [never]
  ? Component & Follower<SentBy<A>>
  : [B] extends [Follower<SentBy<A>>]
    ? B
    : true extends IsWide<A> | IsWide<B>
      ? B
      : Misfit<{
          'the stage before sends': Sends<BoxOf<A, 'outbox'>>
          'this stage takes': Takes<BoxOf<B, 'inbox'>>
          remedy: IsInbox<BoxOf<B, 'inbox'>> extends true
            ? 'put a Transformer between them'
            : 'make it the first stage'
        }>

/** The type of a stage `A` before a stage `B`: `Itself` if `A` has an outbox, otherwise a type whose members say why not. */
export type Before<A, B, Itself = A> = [A] extends [Leader]
  ? Itself
  : IsWide<A> extends true
    ? Itself
    : DeadEnd<{
        'this stage sends': Sends<BoxOf<A, 'outbox'>>
        'the next stage takes': Takes<BoxOf<B, 'inbox'>>
        remedy: 'make it the last stage'
      }>

/** The stages `S` if they fit, otherwise their required types. */
export type Fitting<S extends Stages> = S extends Chain<S> ? S : Chain<S>

/** The required types of the stages `S`: a stage that fits is itself. */
type Chain<S extends Stages> = S extends readonly []
  ? readonly [Component]
  : Readonly<Following<never, S>>

/**
 * The stages `S` after a stage `A`, which is never before the first one. They are handled one by one, with the `Done` ones
 * as an accumulator: so the compiler recurses up to 1000 times instead of 50.
 */
type Following<A, S extends readonly unknown[], Done extends unknown[] = []> = S extends readonly [
  infer B,
  ...infer Rest,
]
  ? Following<B, Rest, [...Done, Between<A, B, Rest>]>
  : S extends readonly []
    ? Done
    : Repeated<A, S, [], Done>

/** The same for `S` that begins with the stages of a spread array: none, one or more, each after another. */
type Repeated<
  A,
  S extends readonly unknown[],
  Tail extends unknown[],
  Done extends unknown[],
> = S extends readonly [...infer Init, infer Z]
  ? Repeated<A, Init, [Z, ...Tail], Done>
  : S extends readonly (infer B)[]
    ? Following<A | B, Tail, [...Done, ...Between<A | B, B, [B]>[]]>
    : never

/** The type of a stage `B` between a stage `A`, which is never before the first one, and the `Rest`. */
type Between<A, B, Rest extends readonly unknown[]> = Rest extends readonly []
  ? Itself<A, B>
  : Before<B, Rest[0], Itself<A, B>>

type Itself<A, B> = [A] extends [never] ? B : After<A, B>

/** The last stage of a pipeline; a union if it depends on an array. */
export type Last<S extends readonly unknown[], A = never> = S extends readonly [
  ...unknown[],
  infer Z,
]
  ? Z
  : S extends readonly [infer B, ...infer Rest]
    ? Last<Rest, B>
    : S extends readonly []
      ? A
      : A | S[number]

/** The `inbox` of the first stage. Not a `Pick`, from which the compiler would infer the stage of a pipeline that is an argument. */
export type Entrance<A> = A extends { readonly inbox: infer B }
  ? IsInbox<B> extends true
    ? { readonly inbox: B }
    : unknown
  : unknown

/** The `outbox` of the last stage. */
export type Exit<A> = A extends { readonly outbox: infer B }
  ? IsOutbox<B> extends true
    ? { readonly outbox: B }
    : unknown
  : unknown

/** Numbers of stages that `Pipeline` has a signature for, with a parameter for each. */
type Listed = 2 | 3 | 4 | 5 | 6

/** Whether the compiler knows the number of stages, and `Pipeline` has a signature for it. */
export type IsListed<S> =
  IsUnion<S> extends true ? false : S extends { readonly length: Listed } ? true : false
