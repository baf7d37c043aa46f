/** Maximum number of datagrams in a turn of the event loop, in a burst and in a flood. */
const IN_BURST = 64
const IN_FLOOD = 1024
/** Number of datagrams without a pause that make a flood. */
const FLOOD = 4096
/** Minimum duration of a pause, milliseconds. */
const PAUSE_MS = 10

/**
 * Decides how many datagrams are sent in a turn of the event loop. More at once overflow the receive buffer of a receiver that
 * `node:dgram`, whose sends are slower, does not overflow: by default, it holds about 250 datagrams. A flood overflows it with
 * both, unless the receiver is fast, and then it may be sent as fast as possible.
 */
export class Pace {
  #lastAt = -Infinity
  #sincePause = 0

  /** Maximum number of datagrams in a turn from now on. */
  get limit(): number {
    const now = performance.now()
    if (now - this.#lastAt >= PAUSE_MS) this.#sincePause = 0
    this.#lastAt = now
    return this.#sincePause < FLOOD ? IN_BURST : IN_FLOOD
  }

  /** Datagrams were sent. */
  sent(count: number): void {
    this.#sincePause += count
  }
}
