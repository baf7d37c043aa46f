import type { Clock } from '@udpng/core'
import { Agenda } from './agenda.js'

interface Alarm {
  /** Undefined when it was undone. */
  callback: (() => void) | undefined
}

/** Cancelled alarms are removed only when there are at least this many. */
const MIN_CANCELLED = 64

/**
 * Virtual time: it passes only on request, and then at once up to the next alarm that is due: an hour of `sleep` takes no
 * longer than what happens in it.
 */
export class VirtualClock implements Clock {
  #now = 0
  #undone = 0
  readonly #alarms = new Agenda<Alarm>()

  now(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    const alarm: Alarm = { callback }
    if (ms === Infinity) return () => {}
    this.#alarms.add(this.#now + Math.max(0, ms || 0), alarm)
    return () => {
      if (alarm.callback) this.#undone++
      alarm.callback = undefined
      if (this.#undone >= MIN_CANCELLED && this.#undone * 2 >= this.#alarms.length) {
        this.#alarms.keep((alarm) => alarm.callback !== undefined)
        this.#undone = 0
      }
    }
  }

  /** When something is due next; undefined when nothing is. */
  get next(): number | undefined {
    for (;;) {
      const entry = this.#alarms.first
      if (!entry || entry.item.callback) return entry?.due
      this.#alarms.take()
      this.#undone--
    }
  }

  /** Skips `ms` milliseconds in which nothing happens, as while a machine sleeps: alarms that were due then are late. */
  jump(ms: number): void {
    this.#now += Math.max(0, ms)
  }

  /**
   * Goes to a time, or to what is due before, whichever comes first, and calls back all that is due then. What they set for the same
   * moment has its turn with the next call, so that others can act first.
   */
  advance(until: number): void {
    this.#now = Math.max(this.#now, Math.min(this.next ?? until, until))
    const { count } = this.#alarms
    while ((this.next ?? Infinity) <= this.#now) {
      if ((this.#alarms.first?.order ?? 0) >= count) return
      const alarm = this.#alarms.take()?.item
      const callback = alarm?.callback
      if (alarm) alarm.callback = undefined
      callback?.()
    }
  }
}
