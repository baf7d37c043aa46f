import type { Inbox, Outbox } from '@udpng/core'

// biome-ignore lint/suspicious/noExplicitAny: boxes are invariant, so only any stands for every type
export type AnyInbox = Inbox<any>
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyOutbox = Outbox<any>

/** The public box of a component by that name; undefined when it has none. */
export type BoxOf<C, Name> = Name extends keyof C ? C[Name] : undefined

/** What an outbox sends, in words when it is none. */
export type Sends<O> = O extends Outbox<infer T> ? T : 'nothing: it has no outbox'

/** What an inbox takes, in words when it is none. */
export type Takes<I> = I extends Inbox<infer T> ? T : 'nothing: it has no inbox'

/**
 * Whether all that an outbox sends may go into that inbox. Functions are compared, not the
 * messages, because then `T` fits `T` also where it is a type parameter.
 */
export type Fits<O, I> =
  O extends Outbox<infer T>
    ? I extends Inbox<infer U>
      ? ((message: U) => void) extends (message: T) => void
        ? true
        : false
      : false
    : false
