import type { EventStream } from './event-stream.js'
import { type MergePatch, mergePatch } from './merge-patch.js'
import type { Moment, Picture } from './protocol.js'
import type { Watch } from './watch.js'

/**
 * Tells clients what changes: `picture` first, then `change` after each look, and `moment` each second. Who reads too slowly misses
 * some, and is then told at once what has changed since.
 */
export class LivePictures {
  readonly #watch: Watch
  /** What each client has. */
  readonly #seen = new Map<EventStream, Picture>()
  #leave: (() => void) | undefined

  constructor(watch: Watch) {
    this.#watch = watch
  }

  add(stream: EventStream): void {
    const { picture } = this.#watch
    this.#seen.set(stream, picture)
    stream.send('picture', picture)
    stream.onClose(() => {
      this.#seen.delete(stream)
      if (this.#seen.size > 0) return
      this.#leave?.()
      this.#leave = undefined
    })
    this.#leave ??= this.#watch.add({
      keen: true,
      looked: (now, before) => this.#tell(now, before),
      passed: (moment) => this.#pass(moment),
    })
  }

  #tell(now: Picture, before: Picture): void {
    let usual: MergePatch | undefined
    for (const [stream, seen] of this.#seen) {
      if (!stream.ready) continue
      this.#seen.set(stream, now)
      if (seen === before) usual ??= mergePatch(before, now)
      const patch = seen === before ? usual : mergePatch(seen, now)
      if (patch) stream.send('change', patch)
    }
  }

  #pass(moment: Moment): void {
    for (const stream of this.#seen.keys()) if (stream.ready) stream.send('moment', moment)
  }
}
