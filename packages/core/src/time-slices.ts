import type { Clock } from './clock.js'

/** A slice: after this much work, or twice as much at most, I/O and timers get their turn. */
const SLICE_MS = 5
/**
 * The longest slice. A slice lasts as long as I/O and timers took before it, when that is longer than `SLICE_MS`: with short slices
 * after long turns of I/O, what arrives is read and never handled.
 */
const MAX_SLICE_MS = 100
/** What a step takes at least of that, so that a clock that stands still blocks nothing either, and always breaks at the same step. */
const STEP_MS = 0.001

/** What is done in slices. */
export interface Work {
  /** Makes the next step; false when nothing is ready. */
  step(): boolean
  /** Called after each slice: the place to end the work. */
  sliced(): void
  /** Whether anything is left to do, now or later. */
  running(): boolean
}

/** Does work in slices of time, between which I/O and timers have their turn. When nothing is ready, it costs nothing. */
export class TimeSlices {
  readonly #clock: Clock
  readonly #work: Work
  /** A slice will come: as a microtask, or after I/O and timers had their turn. */
  #requested = false
  /** Set until the event loop has turned. */
  #immediate: NodeJS.Immediate | undefined
  /** When the present slice ends. */
  #deadline = 0
  /** When the last slice ended. */
  #left = 0
  #count = 0

  constructor(clock: Clock, work: Work) {
    this.#clock = clock
    this.#work = work
  }

  /** Slices so far. */
  get count(): number {
    return this.#count
  }

  /** Whether a slice will come. */
  get requested(): boolean {
    return this.#requested
  }

  /** Asks for a slice, at once after the present callback, or when I/O and timers have had their turn. */
  request(): void {
    if (this.#requested) return
    this.#requested = true
    queueMicrotask(this.#slice)
  }

  /** Forgets what was asked for. */
  cancel(): void {
    clearImmediate(this.#immediate)
    this.#immediate = undefined
    this.#requested = false
  }

  readonly #slice = (): void => {
    if (!this.#requested) return
    this.#count++
    let now = this.#clock.now()
    // Slices may lead to each other by microtasks alone, without a turn of the event loop. To see one
    // costs an immediate, so not every slice asks for it.
    if (!this.#inSlice(now) && !this.#immediate) {
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

  /** A deadline that is too far ahead was made before the clock stepped back. */
  #inSlice(now: number): boolean {
    return now < this.#deadline && this.#deadline - now <= MAX_SLICE_MS
  }

  /** Goes on, if there is anything to do, when I/O and timers have had their turn. */
  #breathe(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined
      const now = this.#clock.now()
      // An immediate never waits for I/O to come: all that time was work, of I/O, of timers, or of other programs.
      const away = now - this.#left
      this.#left = now
      this.#deadline = now + Math.min(Math.max(away, SLICE_MS), MAX_SLICE_MS)
      this.#slice()
      // While turns are long, each is measured.
      if (away > SLICE_MS && this.#work.running()) this.#breathe()
    })
  }
}
