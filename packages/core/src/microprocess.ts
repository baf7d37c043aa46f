import { Box, type Owner } from './box.js'
import type { Control } from './control.js'
import type { Counts } from './counts.js'
import type { ErrorCode, UdpngError } from './errors.js'
import type { Figures } from './figures.js'
import type { Inbox } from './inbox.js'
import type { Outbox } from './outbox.js'
import type { Passage } from './passage.js'

/**
 * The type of `*main()`: the thread of a component. Each `yield` ends a step and has no value. A control message that it returns
 * is sent on `signal` as the last message; otherwise producerFinished is, unless something was sent there before.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: most threads return nothing
export type Main = Generator<undefined, Control | void, void>

/** In the run queue, or running. */
export const READY = 0
/** Sleeps until anything happens. */
export const PAUSED = 1
/** Sleeps until its own alarm or promise; messages wait. */
export const SUSPENDED = 2
/** Not yet activated. */
export const NEW = 3
/** `main` returned, threw, or was closed. */
export const ENDED = 4

/** The interface of a component for the scheduler. */
export interface Body {
  readonly control: Inbox<Control>
  readonly signal: Outbox<Control>
  main(): Main
}

/** The protected members of a component that only the scheduler may use. All of them are optional there. */
export interface Hooks {
  isPlumbing(component: Body): boolean
  isUnref(component: Body): boolean
  accounting(component: Body): Counts | undefined
  onEnd(component: Body): void
  onChildFailure(component: Body, child: Body, failure: UdpngError): boolean
}

/** Puts a woken microprocess back into the run queue. */
export interface Host {
  enqueue(process: Microprocess): void
  /** A component reports an error that no inbox is linked for. */
  report?(process: Microprocess, code: ErrorCode, make: () => UdpngError): void
}

/**
 * The record of a running component (the term is Axon's). Boxes refer to
 * it, not to the component, because all records have one shape: waking stays monomorphic, and so
 * fast, however many component classes a program has.
 */
export class Microprocess implements Owner {
  declare readonly component: Body
  declare readonly hooks: Hooks
  state: typeof READY | typeof PAUSED | typeof SUSPENDED | typeof NEW | typeof ENDED = NEW
  /** Number of activation: cycles step in this order. */
  id = 0
  /** The name that its component was given, by its parent or by itself. */
  givenName: string | undefined
  /** Before the activation the given name, or the class; then the full name, with those of the named components around it. */
  name: string
  declare readonly className: string
  /** What accounts call it. */
  group: string
  #groupPath: string | undefined
  host: Host | undefined
  parent: Microprocess | undefined
  /** The components it started: those that live, and ended ones whose own children live. */
  children: Set<Microprocess> | undefined
  /** Totals of the boxes that it has released. */
  released: Passage | undefined
  /** Ended children whose figures are not final yet, such as peers with datagrams that the system has not taken. */
  unsettled: Set<Microprocess> | undefined
  /** The figures of all other ended children. */
  past: Figures | undefined
  thread: Main | undefined
  /** Cancels the timer that would wake it. */
  alarm: (() => void) | undefined
  isService = false
  /** Tools hide it by default: a service, or what only connects others. */
  isPlumbing = false
  /** Its thread runs at this moment, a step or its `finally` blocks: it cannot be entered again. */
  busy = false
  /** A close was requested while it was busy. */
  closing = false
  /** Cancels the timer that closes it if it does not shut down by itself. */
  grace: (() => void) | undefined

  constructor(component: Body, className: string, givenName: string | undefined, hooks: Hooks) {
    this.component = component
    this.className = className
    this.givenName = givenName
    this.name = this.group = givenName ?? className
    this.hooks = hooks
  }

  /** A record without a component, for an owner of boxes or of children that is not one. */
  static ofNoComponent(name: string): Microprocess {
    return new Microprocess(undefined as never, name, undefined, undefined as never)
  }

  /** The boxes of its component by name; those that it shares are their owners'. */
  boxes(): [field: string, box: Box][] {
    const fields = this.component as unknown as Readonly<Record<string, unknown>>
    const found: [string, Box][] = []
    for (const field of Object.keys(fields)) {
      const box = fields[field]
      if (box instanceof Box && (box.owner ?? this) === this) found.push([field, box])
    }
    return found
  }

  /** Makes a box its own. */
  own(field: string, box: Box): void {
    box.owner = this
    box.field = field
  }

  /** Takes the boxes away: its component has ended. */
  cutBoxes(): void {
    for (const [, box] of this.boxes()) box.cut()
  }

  /** The counts that the component reports. */
  accounting(): Counts | undefined {
    return this.hooks.accounting(this.component)
  }

  report(code: ErrorCode, make: () => UdpngError): void {
    this.host?.report?.(this, code, make)
  }

  /** The nearest component around it that was given a name. */
  get scope(): Microprocess | undefined {
    let scope = this.parent
    while (scope && scope.givenName === undefined) scope = scope.parent
    return scope
  }

  /** The groups of the named components around it, and its own: the same for all clients of a `Sessions`. */
  get groupPath(): string {
    if (this.#groupPath !== undefined) return this.#groupPath
    const { scope } = this
    const path = scope ? `${scope.groupPath}/${this.group}` : this.group
    // It changes at the activation for the last time. Kept, because errors may be as frequent as datagrams.
    if (this.host) this.#groupPath = path
    return path
  }

  /** Cancels the timer that would wake it. */
  hush(): void {
    this.alarm?.()
    this.alarm = undefined
  }

  /** Wakes it if it is in this state: a paused one at any event, a suspended one only by its own timer or promise. */
  wake(from: typeof PAUSED | typeof SUSPENDED = PAUSED): void {
    if (this.state === from) {
      this.state = READY
      this.host?.enqueue(this)
    }
  }
}
