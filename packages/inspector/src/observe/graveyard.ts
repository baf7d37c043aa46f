import type { ComponentPicture } from '../protocol.js'

/** Maximum number of ended components, and of failed ones, that are kept. */
const MAX_ENDED = 64
const MAX_FAILED = 64

/** An ended component, as it was at the end. */
export interface Departed {
  readonly picture: ComponentPicture
  /** Its links, from outbox to inbox. */
  readonly links: readonly (readonly [from: string, to: string])[]
}

/** Keeps the last components that ended, and separately the last that failed. */
export class Graveyard {
  readonly #ended = new Map<string, Departed>()
  readonly #failed = new Map<string, Departed>()

  /** Adds a component. */
  add(name: string, departed: Departed): void {
    const hasFailed = departed.picture.state === 'failed'
    const those = hasFailed ? this.#failed : this.#ended
    those.set(name, departed)
    if (those.size > (hasFailed ? MAX_FAILED : MAX_ENDED)) {
      const [oldest] = those.keys()
      if (oldest !== undefined) those.delete(oldest)
    }
  }

  /** Removes a component whose name another one has now. */
  forget(name: string): void {
    this.#ended.delete(name)
    this.#failed.delete(name)
  }

  /** The components by name, in the order of their ends. */
  *[Symbol.iterator](): Generator<[string, Departed]> {
    yield* this.#failed
    yield* this.#ended
  }
}
