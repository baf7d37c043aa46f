import type { Clock } from '@udpng/core'
import { Agenda } from './agenda.js'

interface Alarm {
  /** Undefined if it was cancelled. */
  callback: (() => void) | undefined
}

/** Number of cancelled alarms from which on they are removed. */
const MIN_CANCELLED = 64

/**
 * Advances virtual time only on request, and then at once to the next alarm: an hour of `sleep` takes no
 * longer than the events in it.
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

  /** Time of the next alarm; undefined if there is none. */
  get next(): number | undefined {
    for (;;) {
      const entry = this.#alarms.first
      if (!entry || entry.item.callback) return entry?.due
      this.#alarms.take()
      this.#undone--
    }
  }

  /** Skips `ms` milliseconds, as while a machine sleeps: alarms in that time are late. */
  jump(ms: number): void {
    this.#now += Math.max(0, ms)
  }

  /**
   * Advances to a time, or to the next alarm if that is earlier, and runs all alarms that are due. Alarms that these set for the same
   * moment run with the next call, so that components can act first.
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
