import type { ComponentPicture } from '../protocol.js'

/** Components that have ended, and that have failed, which are remembered. */
const MAX_ENDED = 64
const MAX_FAILED = 64

/** A component that is gone, as it was at the end. */
export interface Departed {
  readonly picture: ComponentPicture
  /** From outbox to inbox: the links that led from it and to it. */
  readonly links: readonly (readonly [from: string, to: string])[]
}

/** The last of those that ended, and the last of those that failed: they do not push each other out. */
export class Graveyard {
  readonly #ended = new Map<string, Departed>()
  readonly #failed = new Map<string, Departed>()

  /** Remembers one. */
  add(name: string, departed: Departed): void {
    const hasFailed = departed.picture.state === 'failed'
    const those = hasFailed ? this.#failed : this.#ended
    those.set(name, departed)
    if (those.size > (hasFailed ? MAX_FAILED : MAX_ENDED)) {
      const [oldest] = those.keys()
      if (oldest !== undefined) those.delete(oldest)
    }
  }

  /** Another component has this name now. */
  forget(name: string): void {
    this.#ended.delete(name)
    this.#failed.delete(name)
  }

  /** By name, in the order in which they went. */
  *[Symbol.iterator](): Generator<[string, Departed]> {
    yield* this.#failed
    yield* this.#ended
  }
}
