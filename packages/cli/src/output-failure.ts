import { isGone } from './failure.js'

/** Notices that standard output or standard error does not take what is written, until the end of a command. */
export class OutputFailure {
  #first: Error | undefined
  readonly #onError = (error: Error): void => {
    if (!isGone(error)) this.#first ??= error
  }

  constructor() {
    // A stream without a listener for it would end the process, also when a reader has gone.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', this.#onError)
  }

  /** Waits until what was written is taken; the first failure, undefined without one or when the reader has gone. */
  async settled(): Promise<Error | undefined> {
    for (const stream of [process.stdout, process.stderr])
      await new Promise<void>((resolve) => {
        stream.write('', (error) => {
          if (error && !isGone(error)) this.#first ??= error
          resolve()
        })
      })
    return this.#first
  }
}
