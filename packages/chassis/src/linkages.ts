import type { Component, Control, Inbox, Outbox } from '@udpng/core'
import type { BoxOf, Fits } from './fits.js'

/** Components by the names that linkages call them. */
export type Parts = { readonly [name: string]: Component }

/** Inferred, because a box of never is no box of any. */
type KindOf<B> =
  B extends Inbox<infer _> ? 'inbox' : B extends Outbox<infer _> ? 'outbox' : 'no box'

/** `Part.box` for every public box of that kind. */
type PortsOf<P, Kind> = {
  [Part in keyof P & string]: {
    [Name in keyof P[Part] & string]: KindOf<P[Part][Name]> extends Kind ? `${Part}.${Name}` : never
  }[keyof P[Part] & string]
}[keyof P & string]

type InboxPorts<P> = PortsOf<P, 'inbox'>
type OutboxPorts<P> = PortsOf<P, 'outbox'>

/** The box that a port names. */
export type BoxAt<P, Port> = Port extends `${infer Part}.${infer Name}`
  ? BoxOf<BoxOf<P, Part>, Name>
  : undefined

/** The inboxes that all of an outbox may go into. */
type Destinations<P, O> = {
  [I in InboxPorts<P>]: Fits<O, BoxAt<P, I>> extends true ? I : never
}[InboxPorts<P>]

type Self = `self.${string}`

/**
 * What leads where: an outbox to an inbox (`"SOURCE.outbox": "UDP.inbox"`); a box of the graph itself to the
 * inbox that it is (`"self.aim": "UDP.target"`); an outbox to the box of the graph that it is
 * (`"UDP.outbox": "self.outbox"`). Each outbox is a key, so it cannot lead to two places.
 */
export type Linkages<P> = {
  readonly [O in OutboxPorts<P>]?: Destinations<P, BoxAt<P, O>> | Self
} & { readonly [box: Self]: InboxPorts<P> }

/** The linkages as they would have to be: where they are not so, a sentence for people to read. */
export type Checked<P, L> = {
  readonly [From in keyof L]: [Fault<P, From, L[From]>] extends [never]
    ? L[From]
    : Fault<P, From, L[From]>
}

/** What the shape of `Linkages` cannot rule out; never when there is nothing wrong. */
type Fault<P, From, To> = From extends `self.${infer Name}`
  ? EntryFault<Name, BoxAt<P, To>>
  : From extends OutboxPorts<P>
    ? To extends `self.${infer Name}`
      ? ExitFault<Name, BoxAt<P, From>>
      : never
    : `there is no outbox ${From & string}`

type EntryFault<Name extends string, I> =
  Name extends Exclude<keyof Component, 'control'>
    ? `self.${Name} cannot be an inbox`
    : [Name, Fits<Outbox<Control>, I>] extends ['control', false]
      ? 'self.control must be an inbox that takes control messages'
      : never

type ExitFault<Name extends string, O> =
  Name extends Exclude<keyof Component, 'signal'>
    ? `self.${Name} cannot be an outbox`
    : [Name, Fits<O, Inbox<Control>>] extends ['signal', false]
      ? 'self.signal must be an outbox that sends control messages'
      : never

/** The boxes that linkages give the graph itself. */
export type OwnBoxes<P, L> = {
  readonly [K in keyof L as K extends `self.${infer Name}`
    ? Exclude<Name, 'control'>
    : never]: BoxAt<P, L[K]>
} & {
  readonly [K in keyof L as L[K] extends `self.${infer Name}`
    ? Exclude<Name, 'signal'>
    : never]: BoxAt<P, K>
}
