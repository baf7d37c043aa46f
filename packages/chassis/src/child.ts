import type { Component, Inbox, Outbox } from '@udpng/core'
import type { Payload } from '@udpng/datagram'
import type { IsWide } from './composite.js'
import type { BoxOf, Fits, IsInbox, IsOutbox, Sends, Takes } from './fits.js'
import type { Follower } from './stages.js'

/**
 * The type of a child of `Sessions`: `C` if its `inbox` takes buffers and its `outbox`, if it has one, sends payloads;
 * otherwise a type whose members say why not.
 *
 * While the compiler infers `C`, it is never. Then this is a component that takes buffers, from which the compiler infers the
 * parameter of a `Transformer`'s function.
 */
export type Child<C> = [C] extends [never]
  ? Component & Follower<Buffer>
  : C extends Component
    ? IsWide<C> extends true
      ? C
      : Fits<Outbox<Buffer>, BoxOf<C, 'inbox'>> extends true
        ? SendsData<BoxOf<C, 'outbox'>> extends true
          ? C
          : {
              'this child sends': Sends<BoxOf<C, 'outbox'>>
              'a client takes': Payload
              remedy: 'put a Transformer behind it, in a Pipeline'
            }
        : {
            'a client sends': Buffer
            'this child takes': Takes<BoxOf<C, 'inbox'>>
            remedy: IsInbox<BoxOf<C, 'inbox'>> extends true
              ? 'put a Transformer before it, in a Pipeline'
              : 'give it a public field inbox'
          }
    : {
        'a session needs': Component
        'this function returns': C
        remedy: C extends PromiseLike<unknown> ? 'make the child without await' : 'return a child'
      }

/** Whether a box sends payloads, or is not an outbox. */
type SendsData<O> = IsOutbox<O> extends true ? Fits<O, Inbox<Payload>> : true
