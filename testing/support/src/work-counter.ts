import { Session } from 'node:inspector'

/**
 * Counts the work of a part of this program: calls of functions, and runs of the blocks in them. That is the same on every
 * machine, however busy it is. Built-in methods do their work uncounted, and of a function that ran before the counter was
 * made, only the calls are counted.
 *
 * @see Profiler.startPreciseCoverage in the Chrome DevTools Protocol
 */
export class WorkCounter implements Disposable {
  readonly #session = new Session()
  readonly #sources: RegExp

  /** @param sources - matches the URLs of the files that count */
  constructor(sources: RegExp) {
    this.#sources = sources
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Returns the work that `act` does before it returns. */
  of(act: () => void): number {
    this.#take()
    act()
    return this.#take()
  }

  [Symbol.dispose](): void {
    this.#session.post('Profiler.stopPreciseCoverage')
    this.#session.disconnect()
  }

  /** Returns the work since the last call. Its callback runs at once: the session is of this very thread. */
  #take(): number {
    let work = 0
    this.#session.post('Profiler.takePreciseCoverage', (error, found) => {
      if (error) throw error
      for (const { url, functions } of found.result)
        if (this.#sources.test(url))
          for (const { ranges } of functions) for (const { count } of ranges) work += count
    })
    return work
  }
}
