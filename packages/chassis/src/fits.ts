import type { Inbox, Outbox } from '@udpng/core'

// biome-ignore lint/suspicious/noExplicitAny: boxes are invariant, so only any stands for every type
export type AnyInbox = Inbox<any>
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyOutbox = Outbox<any>

/** The public box of a component by that name; undefined when it has none. */
export type BoxOf<C, Name> = Name extends keyof C ? C[Name] : undefined

/** Whether it is an inbox. Inferred, because a box of never is not a box of any. */
export type IsInbox<B> = B extends Inbox<infer _> ? true : false

/** Whether it is an outbox. */
export type IsOutbox<B> = B extends Outbox<infer _> ? true : false

/** The type of the messages of an outbox; a text if it is not an outbox. */
export type Sends<O> =
  O extends Outbox<infer T>
    ? T
    : O extends Inbox<infer _>
      ? 'nothing: it is an inbox'
      : 'nothing: there is no such public outbox'

/** The type of the messages of an inbox; a text if it is not an inbox. */
export type Takes<I> =
  I extends Inbox<infer T>
    ? T
    : I extends Outbox<infer _>
      ? 'nothing: it is an outbox'
      : 'nothing: there is no such public inbox'

/**
 * Whether an inbox accepts all messages of an outbox. Functions are compared instead of the
 * messages, because then `T` also fits `T` if it is a type parameter.
 */
export type Fits<O, I> =
  O extends Outbox<infer T>
    ? I extends Inbox<infer U>
      ? ((message: U) => void) extends (message: T) => void
        ? true
        : false
      : false
    : false

/** Whether a type is a union of several. */
export type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never
