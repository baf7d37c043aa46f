import { type Channel, channel } from 'node:diagnostics_channel'
import type { Bounds, UdpngError } from '@udpng/core'
import type { Watch } from './observe/watch.js'
import type { Picture } from './protocol.js'

/** The message on the channel `udpng:drop`. */
export interface DropEvent {
  /** The name of the component: `PARSE`. */
  readonly component: string
  /** A key of `ComponentPicture.drops`, or `kernelDrops`. */
  readonly reason: string
  /** Number of drops since the last message; for `kernelDrops` the best estimate, here and in `total`. */
  readonly count: number
  /** Number of all drops so far. */
  readonly total: number
  /** For `kernelDrops`: the bounds of `total`. */
  readonly bounds?: Bounds
}

/** The message on the channel `udpng:failure`. */
export interface FailureEvent {
  /** Its name: `PARSE`. */
  readonly component: string
  readonly error: UdpngError
}

/** Publishes drops on `udpng:drop` and failures on `udpng:failure` of `node:diagnostics_channel`: drops at each sample, failures at once. */
export class Announcements {
  readonly #drops: Channel = channel('udpng:drop')
  readonly #failures: Channel = channel('udpng:failure')
  readonly #leave: () => void

  constructor(watch: Watch) {
    this.#leave = watch.add({
      looked: (now, before) => {
        if (this.#drops.hasSubscribers)
          for (const event of dropsSince(before, now)) this.#drops.publish(event)
      },
      failed: (component, error) => {
        if (this.#failures.hasSubscribers)
          this.#failures.publish({ component, error } satisfies FailureEvent)
      },
    })
  }

  close(): void {
    this.#leave()
  }
}

function* dropsSince(before: Picture, now: Picture): Generator<DropEvent> {
  for (const [component, { drops, kernelDrops }] of Object.entries(now.components)) {
    for (const [reason, total] of Object.entries(drops)) {
      const known = before.components[component]?.drops ?? {}
      // A reason may be called anything: `constructor`, say.
      const count = total - (Object.hasOwn(known, reason) ? (known[reason] as number) : 0)
      if (count > 0) yield { component, reason, count, total }
    }
    const total = kernelDrops?.about ?? 0
    const count = total - (before.components[component]?.kernelDrops?.about ?? 0)
    if (kernelDrops && count > 0)
      yield { component, reason: 'kernelDrops', count, total, bounds: kernelDrops }
  }
}
