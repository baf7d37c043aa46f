import type { Watch } from '../observe/watch.js'
import type { Moment, Picture } from '../protocol.js'
import type { EventStream } from './event-stream.js'
import { mergePatch } from './merge-patch.js'

/**
 * Sends clients the changes: first `picture`, then `change` after each sample, and `moment` each second. A client that reads too slowly
 * skips some, and then gets all changes since in one event.
 */
export class LivePictures {
  readonly #watch: Watch
  /** The last picture sent to each client. */
  readonly #seen = new Map<EventStream, Picture>()
  #leave: (() => void) | undefined
  readonly #text: (picture: Picture) => string

  /** @param text - a picture as JSON */
  constructor(watch: Watch, text: (picture: Picture) => string) {
    this.#watch = watch
    this.#text = text
  }

  add(stream: EventStream): void {
    const { picture } = this.#watch
    this.#seen.set(stream, picture)
    stream.send('picture', this.#text(picture))
    this.#leave ??= this.#watch.add({
      keen: true,
      looked: (now) => this.#send(now),
      passed: (moment) => this.#pass(moment),
    })
    stream.onClose(() => {
      this.#seen.delete(stream)
      if (this.#seen.size > 0) return
      this.#leave?.()
      this.#leave = undefined
    })
  }

  #send(now: Picture): void {
    // Most clients have the same picture.
    const changes = new Map<Picture, string>()
    for (const [stream, seen] of this.#seen) {
      if (!stream.ready) continue
      const change = changes.get(seen) ?? JSON.stringify(mergePatch(seen, now) ?? {})
      changes.set(seen, change)
      this.#seen.set(stream, now)
      stream.send('change', change)
    }
  }

  #pass(moment: Moment): void {
    for (const stream of this.#seen.keys())
      if (stream.ready) stream.send('moment', JSON.stringify(moment))
  }
}
