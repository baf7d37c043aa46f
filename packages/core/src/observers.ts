import { quietly, type UdpngError } from './errors.js'

/** An event for observers: a component was activated, has ended, or has failed. `component` is its name. */
export type SchedulerEvent =
  | { readonly kind: 'activated' | 'ended'; readonly component: string }
  | { readonly kind: 'failed'; readonly component: string; readonly error: UdpngError }

/** Listeners for every activation, end and failure. */
export class Observers {
  readonly #listeners = new Set<(event: SchedulerEvent) => void>()

  /** Returns what undoes it. */
  add(listener: (event: SchedulerEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Calls every listener. One that throws does not harm the others. */
  tell(event: SchedulerEvent): void {
    for (const listener of this.#listeners) quietly(() => listener(event))
  }
}
