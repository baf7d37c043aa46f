import { type Channel, channel } from 'node:diagnostics_channel'
import type { UdpngError } from '@udpng/core'
import type { Picture } from './protocol.js'
import type { Watch } from './watch.js'

/** What subscribers of `udpng:drop` are told. */
export interface DropEvent {
  /** Its name: `SimplePeer#3`. */
  readonly component: string
  /** As in `ComponentPicture.drops`. */
  readonly reason: string
  /** Since the last time. */
  readonly count: number
  /** Ever. */
  readonly total: number
}

/** What subscribers of `udpng:failure` are told. */
export interface FailureEvent {
  /** Its name: `SimplePeer#3`. */
  readonly component: string
  readonly error: UdpngError
}

/** Publishes drops and failures on `udpng:drop` and `udpng:failure` of `node:diagnostics_channel`: drops when they are seen, failures at once. */
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
  for (const [component, { drops }] of Object.entries(now.components))
    for (const [reason, total] of Object.entries(drops)) {
      const known = before.components[component]?.drops ?? {}
      // A reason may be called anything: `constructor`, say.
      const count = total - (Object.hasOwn(known, reason) ? (known[reason] as number) : 0)
      if (count > 0) yield { component, reason, count, total }
    }
}
