import { isGone } from '../failure.js'

/** Detects failed writes to standard output and standard error, until the end of a command. */
export class OutputFailure {
  #first: Error | undefined
  readonly #onError = (error: Error): void => {
    if (!isGone(error)) this.#first ??= error
  }

  constructor() {
    // An error without a listener would end the process, even if only a reader has gone.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', this.#onError)
  }

  /**
   * Waits until all written text is taken, and removes the listeners.
   *
   * @param report - called with the first failure, if there is one; its own writes may fail too
   * @returns the first failure; undefined without one, or if the reader has gone
   */
  async settled(report: (failure: Error) => void): Promise<Error | undefined> {
    await this.#written()
    if (this.#first) {
      report(this.#first)
      await this.#written()
    }
    for (const stream of [process.stdout, process.stderr]) stream.off('error', this.#onError)
    return this.#first
  }

  async #written(): Promise<void> {
    for (const stream of [process.stdout, process.stderr])
      await new Promise<void>((resolve) => {
        stream.write('', (error) => {
          if (error && !isGone(error)) this.#first ??= error
          // An error that a write is called back with is emitted after that.
          setImmediate(resolve)
        })
      })
  }
}
