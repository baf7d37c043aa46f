import type { Component, Control, Inbox, Outbox } from '@udpng/core'
import type { IsWide } from './composite.js'
import type { AnyInbox, AnyOutbox, Fits, IsInbox, IsOutbox, IsUnion, Sends, Takes } from './fits.js'

/** Components by their names in linkages. */
export type Parts = { readonly [name: string]: Component }

/** The required type of the parts: for an invalid name, a text that says why. */
export type Named<P> = {
  readonly [Name in keyof P]: Name extends 'self'
    ? 'self is the graph: call the part something else'
    : Name extends `${string}.${string}`
      ? 'a dot ends the name of a part: leave it out'
      : Component
}

type Self = `self.${string}`

/** Whether the names of parts are computed, so that the compiler does not know them. */
type AreComputed<P> = string extends keyof P ? true : false

/** A box of a component whose boxes the compiler does not know. */
type Unknown = AnyInbox & AnyOutbox

/** The box that a port names; undefined if there is none. */
type BoxAt<P, Port> = Port extends `${infer Part}.${infer Name}`
  ? Part extends keyof P
    ? Name extends keyof P[Part]
      ? P[Part][Name]
      : IsWide<P[Part]> extends true
        ? Unknown
        : undefined
    : undefined
  : undefined

/** `Part.box` for each public inbox of these parts. */
type InboxPorts<P> = {
  [Part in keyof P & string]: {
    [Name in keyof P[Part] & string]: IsInbox<P[Part][Name]> extends true
      ? `${Part}.${Name}`
      : never
  }[keyof P[Part] & string]
}[keyof P & string]

/** `Part.box` for each public outbox of these parts. */
type OutboxPorts<P> = {
  [Part in keyof P & string]: {
    [Name in keyof P[Part] & string]: IsOutbox<P[Part][Name]> extends true
      ? `${Part}.${Name}`
      : never
  }[keyof P[Part] & string]
}[keyof P & string]

/** The suggestions for a port that does not exist: those of the same part, if that exists. */
type Near<P, Port, Ports> = Port extends `${infer Part}.${string}`
  ? Part extends keyof P
    ? Extract<Ports, `${Part}.${string}`>
    : Ports
  : Ports

/** The inboxes, of those given, that accept all messages of an outbox. */
type Fitting<P, O, Ports> = Ports extends string
  ? Fits<O, BoxAt<P, Ports>> extends true
    ? Ports
    : never
  : never

/**
 * What leads where: an outbox to an inbox (`"SOURCE.outbox": "UDP.inbox"`), or to several in a list; a box of the graph itself to the
 * inbox that it is (`"self.aim": "UDP.target"`); an outbox to the box of the graph that it is
 * (`"UDP.outbox": "self.outbox"`).
 */
export type Linkages<P> = {
  readonly [O in OutboxPorts<P>]?: OneOrMore<Fitting<P, BoxAt<P, O>, InboxPorts<P>> | Self>
} & { readonly [box: Self]: InboxPorts<P> }

type OneOrMore<T> = T | readonly T[]

/**
 * The linkages `L`, and all outboxes that may be keys, so that editors complete them; the latter require nothing. The branch
 * that is never taken is for the compiler, which infers conditional linkages only from `L` itself.
 */
export type Completed<P, L> = [L] extends [never]
  ? L
  : L & { readonly [O in OutboxPorts<P>]?: unknown }

/** The linkages as they would have to be: one that is right is itself, otherwise what the compiler prints about it. */
export type Checked<P, L> = { readonly [From in keyof L]: Destinations<P, L, From, L[From]> }

/** One destination, or several in a list. */
type Destinations<P, L, From, To> = To extends readonly unknown[]
  ? From extends Self
    ? 'a box of the graph is one inbox: lead it to one inbox'
    : { readonly [I in keyof To]: Linkage<P, L, From, To[I]> }
  : Linkage<P, L, From, To>

/** Distributes over `To`, which is also undefined where a linkage is optional. */
type Linkage<P, L, From, To> = To extends undefined
  ? To
  : string extends From
    ? Computed<P, To>
    : From extends `self.${infer Name}`
      ? Entry<P, L, From, Name, To>
      : IsOutbox<BoxAt<P, From>> extends true
        ? To extends `self.${infer Name}`
          ? Exit<P, L, From, Name, To>
          : Link<P, From, To>
        : NoSource<P, From, To>

/** A linkage from a part to a part. */
type Link<P, From, To> =
  IsInbox<BoxAt<P, To>> extends true
    ? Fits<BoxAt<P, From>, BoxAt<P, To>> extends true
      ? To
      : Misfit<From, BoxAt<P, From>, To, BoxAt<P, To>, 'put a Transformer between them'>
    : IsOutbox<BoxAt<P, To>> extends true
      ? Misfit<From, BoxAt<P, From>, To, BoxAt<P, To>, 'lead it to an inbox'>
      : Destination<P, From, To>

/** A linkage from something that is not an outbox. */
type NoSource<P, From, To> = Misfit<
  From,
  BoxAt<P, From>,
  To,
  BoxAt<P, To>,
  [IsInbox<BoxAt<P, From>>, IsOutbox<BoxAt<P, To>>] extends [true, true]
    ? 'swap them: an outbox leads to an inbox'
    : `did you mean ${NearSource<P, From>}?`
>

/** A linkage from the graph to a part. */
type Entry<P, L, From, Name, To> =
  IsInbox<BoxAt<P, To>> extends true
    ? Name extends Exclude<keyof Component, 'control'>
      ? `every component has a ${Name} of its own: choose another name`
      : [Name, Fits<Outbox<Control>, BoxAt<P, To>>] extends ['control', false]
        ? Misfit<From, Outbox<Control>, To, BoxAt<P, To>, 'lead it to a control'>
        : [SourcesOf<L, From>] extends [never]
          ? To
          : BothWays<From, To, SourcesOf<L, From>>
    : To extends Self
      ? { 'boxes of the graph': From | To; remedy: 'lead it to the inbox of a part' }
      : Near<P, To, InboxPorts<P>>

/** A linkage from a part to the graph. */
type Exit<P, L, From, Name, To> =
  Name extends Exclude<keyof Component, 'signal'>
    ? `every component has a ${Name} of its own: choose another name`
    : To extends keyof L
      ? BothWays<To, L[To], From>
      : Name extends 'signal'
        ? Fits<BoxAt<P, From>, Inbox<Control>> extends false
          ? Misfit<From, BoxAt<P, From>, To, Inbox<Control>, 'lead a signal there'>
          : [Exclude<SourcesOf<L, To>, From>] extends [never]
            ? To
            : TwoSignals<From, Exclude<SourcesOf<L, To>, From>>
        : To

/** Linkages with computed names. */
type Computed<P, To> =
  AreComputed<P> extends true
    ? To
    : string extends To
      ? 'the compiler does not know these names: write the linkages in the call, or declare the parts as Record<string, Component>'
      : To extends InboxPorts<P> | Self
        ? To
        : Near<P, To, InboxPorts<P>>

/** Names for a destination that does not exist; the compiler suggests the nearest. */
type Destination<P, From, To> = string extends To
  ? AreComputed<P> extends true
    ? To
    : InboxPorts<P> | Self
  : OrAll<Fitting<P, BoxAt<P, From>, Near<P, To, InboxPorts<P>>>, Near<P, To, InboxPorts<P>>> | Self

/** The outboxes of the same part, or those of the same name. */
type NearSource<P, From> = From extends `${infer Part}.${infer Name}`
  ? Part extends keyof P
    ? Extract<OutboxPorts<P>, `${Part}.${string}`>
    : OrAll<Extract<OutboxPorts<P>, `${string}.${Name}`>, OutboxPorts<P>>
  : OutboxPorts<P>

type OrAll<Some, All> = [Some] extends [never] ? All : Some

/** The linkages that lead to a port. */
type SourcesOf<L, Port> = { [K in keyof L]-?: Port extends Each<L[K]> ? K : never }[keyof L]

/** The destinations of an outbox, one by one. */
type Each<To> = To extends readonly (infer One)[] ? One : To

// The following are conditional types only so that the compiler prints them in full, and not by name.

type Misfit<From, O, To, I, Remedy> = {
  sends: Sends<O>
  takes: Takes<I>
  remedy: Remedy
} extends infer Facts
  ? {
      [Fact in keyof Facts as Fact extends 'sends'
        ? `${From & string} sends`
        : Fact extends 'takes'
          ? `${To & string} takes`
          : Fact]: Facts[Fact]
    }
  : never

type BothWays<Port, To, From> = {
  inbox: To
  outbox: From
  remedy: 'give one of the two another name'
} extends infer Facts
  ? {
      [Fact in keyof Facts as Fact extends 'remedy'
        ? Fact
        : `${Port & string} is the ${Fact & string}`]: Facts[Fact]
    }
  : never

type TwoSignals<From, Other> = [From] extends [never]
  ? never
  : {
      'self.signal is': From
      'and also': Other
      remedy: 'leave one out; without both, the graph sends one signal when all parts have ended'
    }

/** The boxes that linkages give the graph itself. */
export type OwnBoxTypes<P, L> = {
  readonly [From in keyof L as EntryName<From>]: EntryBox<BoxAt<P, L[From]>>
} & {
  readonly [Name in ExitName<Each<L[keyof L]>>]: ExitBox<P, SourcesOf<L, `self.${Name}`>>
}

type EntryName<From> = From extends `self.${infer Name}` ? Exclude<Name, 'control'> : never

type ExitName<To> = To extends `self.${infer Name}` ? Exclude<Name, 'signal'> : never

type EntryBox<B> = [B] extends [Unknown] ? AnyInbox : B

/** The outbox itself; if several have the same name, an outbox for the messages of all of them. */
type ExitBox<P, From> =
  IsUnion<From> extends true
    ? Outbox<Sends<BoxAt<P, From>>>
    : [BoxAt<P, From>] extends [Unknown]
      ? AnyOutbox
      : BoxAt<P, From>
