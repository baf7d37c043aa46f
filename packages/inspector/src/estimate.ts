import type { ComponentPicture } from './protocol.js'
import { addTo, noTotals, type Totals } from './totals.js'

/** For so long it is supposed that a component goes on as it did. */
const MAX_GUESS_MS = 10_000

/**
 * What a component has counted at the time of a picture, where its numbers were read before that: as if it had gone on as fast as between the
 * last two readings. So a costly component that is read every second look is shown at a constant rate, and not at 0 and at the double in
 * turn. It never goes back; what was guessed too high is made up for by what comes.
 */
export class Estimate {
  #passed = 0
  #read: Totals = noTotals()
  #readAt = 0
  /** For each millisecond, between the last two readings. */
  #rates: Totals = noTotals()
  #last: Totals = noTotals()

  /** @param time - that of the picture, milliseconds since 1970 */
  at(time: number, picture: ComponentPicture): Totals {
    const { readAt = time } = picture
    const counted = noTotals()
    addTo(counted, picture)
    if (readAt > this.#readAt) {
      const ms = this.#readAt === 0 ? Infinity : readAt - this.#readAt
      for (const key of ['received', 'sent', 'dropped'] as const)
        this.#rates[key] = (counted[key] - this.#read[key]) / ms
      this.#read = counted
      this.#readAt = readAt
    }
    const passed = passedOf(picture)
    // When nothing passes its boxes, nothing is received or sent.
    const ms = passed === this.#passed ? 0 : Math.min(time - readAt, MAX_GUESS_MS)
    this.#passed = passed
    const next = { ...counted }
    for (const key of ['received', 'sent', 'dropped'] as const)
      next[key] = Math.max(this.#last[key], counted[key] + this.#rates[key] * ms)
    this.#last = next
    return next
  }
}

function passedOf({ inboxes, outboxes }: ComponentPicture): number {
  let passed = 0
  for (const { delivered, taken } of Object.values(inboxes)) passed += delivered + taken
  for (const { sent, discarded } of Object.values(outboxes)) passed += sent + discarded
  return passed
}
