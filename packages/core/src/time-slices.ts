import type { Clock } from './clock.js'

/** Duration of a slice, milliseconds: after this time, or at most twice as much, I/O and timers get their turn. */
const SLICE_MS = 5
/**
 * Maximum duration of a slice. If I/O and timers took longer than `SLICE_MS`, the next slice lasts as long as they did: with short
 * slices after long turns of I/O, datagrams would be read and never handled.
 */
const MAX_SLICE_MS = 100
/** Minimum duration that a step counts for, so that a stopped clock does not block either, and a slice always ends at the same step. */
const STEP_MS = 0.001

/** Work to do in slices. */
export interface Work {
  /** Makes the next step; false if nothing is ready. */
  step(): boolean
  /** Called after each slice: the place to end the work. */
  sliced(): void
  /** Whether anything is left to do, now or later. */
  running(): boolean
}

/** Does work in time slices, between which I/O and timers get their turn. Without work it costs nothing. */
export class TimeSlices {
  readonly #clock: Clock
  readonly #work: Work
  /** Whether a slice is scheduled: as a microtask, or after I/O and timers. */
  #requested = false
  /** Set until the event loop has turned. */
  #immediate: NodeJS.Immediate | undefined
  /** Time at which the current slice ends. */
  #deadline = 0
  /** Time at which the last slice ended. */
  #left = 0
  #count = 0

  constructor(clock: Clock, work: Work) {
    this.#clock = clock
    this.#work = work
  }

  /** Number of slices so far. */
  get count(): number {
    return this.#count
  }

  /** Whether a slice is scheduled. */
  get requested(): boolean {
    return this.#requested
  }

  /** Schedules a slice: right after the current callback, or after I/O and timers. */
  request(): void {
    if (this.#requested) return
    this.#requested = true
    queueMicrotask(this.#slice)
  }

  /** Cancels the scheduled slice. */
  cancel(): void {
    clearImmediate(this.#immediate)
    this.#immediate = undefined
    this.#requested = false
  }

  readonly #slice = (): void => {
    if (!this.#requested) return
    this.#count++
    let now = this.#clock.now()
    // Slices may follow each other by microtasks alone, without a turn of the event loop. Noticing a turn
    // costs an immediate, so not every slice sets one.
    if (!this.#inSlice(now)) {
      if (this.#immediate) return // it continues, and measures the whole turn
      this.#deadline = now + SLICE_MS
      this.#breathe()
    }
    while (this.#inSlice(now) && this.#work.step()) {
      this.#deadline -= STEP_MS
      now = this.#clock.now()
    }
    this.#left = now
    this.#work.sliced()
    if (!this.#work.running()) return
    if (this.#inSlice(now)) this.#requested = false
    else this.#breathe()
  }

  /** A deadline that is too far ahead was set before the clock stepped back. */
  #inSlice(now: number): boolean {
    return now < this.#deadline && this.#deadline - now <= MAX_SLICE_MS
  }

  /** Continues after I/O and timers, if there is work. */
  #breathe(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined
      const now = this.#clock.now()
      // An immediate never waits for I/O: all that time was work of I/O, of timers, or of other programs.
      const away = now - this.#left
      this.#left = now
      this.#deadline = now + Math.min(Math.max(away, SLICE_MS), MAX_SLICE_MS)
      this.#slice()
      // While turns are long, each is measured.
      if (away > SLICE_MS && this.#work.running()) this.#breathe()
    })
  }
}
