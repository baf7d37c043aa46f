import { Box, type Owner } from './box.js'
import type { Control } from './control.js'
import type { Counts } from './counts.js'
import type { UdpngError } from './errors.js'
import type { Figures } from './figures.js'
import type { Inbox } from './inbox.js'
import type { Outbox } from './outbox.js'
import type { Passage } from './passage.js'

/**
 * The thread of a component. Each `yield` ends a step and carries nothing. A control message that it returns is the last
 * word of the component: it is sent on `signal`. Without one, that is producerFinished.
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

/** What the scheduler sees of a component. */
export interface Body {
  readonly control: Inbox<Control>
  readonly signal: Outbox<Control>
  main(): Main
}

/** What only the scheduler may call of a component: its protected methods. */
export interface Hooks {
  accounting(component: Body): Counts | undefined
  onEnd(component: Body): void
  onChildFailure(component: Body, child: Body, failure: UdpngError): boolean
}

/** Who puts a woken microprocess back to work. */
export interface Host {
  enqueue(process: Microprocess): void
  /** Emits a warning, the first time for this part and code. */
  warn?(process: Microprocess, error: UdpngError): void
}

/**
 * The record that is kept of one component while it runs (the word is Axon's). Boxes point to
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
  host: Host | undefined
  parent: Microprocess | undefined
  /** What it started: those that live, and those that have ended whose own children live. */
  children: Set<Microprocess> | undefined
  /** What passed through boxes that it has released. */
  released: Passage | undefined
  /** Those that have ended and wait for the outcome of something, such as datagrams that the system has not taken yet. */
  unsettled: Set<Microprocess> | undefined
  /** Has the figures of all others that it started. */
  past: Figures | undefined
  thread: Main | undefined
  /** Cancels the timer that would wake it. */
  alarm: (() => void) | undefined
  isService = false
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

  /** A record that belongs to no component: for what owns boxes, or has children, without being one. */
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

  /** What the component says of the messages that went through it. */
  accounting(): Counts | undefined {
    return this.hooks.accounting(this.component)
  }

  warn(error: UdpngError): void {
    this.host?.warn?.(this, error)
  }

  /** The nearest component around it that was given a name. */
  get scope(): Microprocess | undefined {
    let scope = this.parent
    while (scope && scope.givenName === undefined) scope = scope.parent
    return scope
  }

  /** The groups of the named components around it, and its own: the same for all clients of a `Sessions`. */
  get groupPath(): string {
    const { scope } = this
    return scope ? `${scope.groupPath}/${this.group}` : this.group
  }

  /** Forgets the timer that would wake it. */
  hush(): void {
    this.alarm?.()
    this.alarm = undefined
  }

  /** Something happened: a paused one gets its next step. What it is suspended for says so. */
  wake(from: typeof PAUSED | typeof SUSPENDED = PAUSED): void {
    if (this.state === from) {
      this.state = READY
      this.host?.enqueue(this)
    }
  }
}
