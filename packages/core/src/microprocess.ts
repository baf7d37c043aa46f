import type { Component, Main } from './component.js'
import type { UdpngError } from './errors.js'
import type { BoxFigures, Figures } from './figures.js'

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
export class Microprocess {
  declare readonly component: Component
  state: typeof READY | typeof PAUSED | typeof SUSPENDED | typeof NEW | typeof ENDED = NEW
  /** Number of activation: cycles step in this order. */
  id = 0
  /** Class and, once activated, number. */
  name: string
  declare readonly className: string
  /** What accounts call it, when that is not its class. */
  label: string | undefined
  host: Host | undefined
  parent: Microprocess | undefined
  /** What it started: those that live, and those that have ended whose own children live. */
  children: Set<Microprocess> | undefined
  /** What passed through boxes that it has released, by role. */
  released: Record<string, BoxFigures> | undefined
  /** Those that have ended and wait for the outcome of something, such as datagrams that the system has not taken yet. */
  unsettled: Set<Microprocess> | undefined
  /** The numbers of all others that it started, by name. */
  past: Record<string, Figures> | undefined
  thread: Main | undefined
  /** Cancels the timer that would wake it. */
  alarm: (() => void) | undefined
  isService = false
  /** Its thread runs at this moment, a step or its `finally` blocks: it cannot be entered again. */
  busy = false
  /** Told to close while it was busy. */
  closing = false
  /** Cancels the timer that closes it if it does not shut down by itself. */
  grace: (() => void) | undefined
  constructor(component: Component, name: string) {
    this.component = component
    this.name = this.className = name
  }

  /** Its label and those of its parents: `Graphline/PARSE`. */
  get path(): string {
    const own = this.label ?? this.className
    return this.parent ? `${this.parent.path}/${own}` : own
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
