import { AsyncResource } from 'node:async_hooks'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers'
import type { Sample } from './sample.js'

/** Time from the first socket to the first sample, milliseconds. */
const FIRST_MS = 100
const INTERVAL_MS = 1000
/** Number of times in a row that a sample may be left out because the last one was not read yet; then no more are sent. */
const MAX_LEFT_OUT = 5

/**
 * Sends samples to the process that listens at a path, once a second. It does not keep this process alive, prints nothing and throws
 * nothing. If that process is not there, ends, or does not read for seconds, no more samples are sent.
 */
export class SampleSender {
  readonly #path: string
  readonly #take: () => Sample
  /** The asynchronous context in which it was created, which is not that of the program. */
  readonly #context = new AsyncResource('udpng')
  #connection: Socket | undefined
  #leftOut = 0

  /** @param path - of a Unix domain socket, or of a named pipe */
  constructor(path: string, take: () => Sample) {
    this.#path = path
    this.#take = take
  }

  /** Connects, and sends samples from now on. Further calls have no effect. */
  start(): void {
    if (this.#connection) return
    this.#context.runInAsyncScope(() => {
      this.#connection = connect(this.#path)
        .on('error', () => {}) // it closes
        .unref()
      this.#connection.resume() // to notice its end
      this.#wait(FIRST_MS)
    })
  }

  /** Sends a last sample: at once, as this process ends. */
  finish(): void {
    this.#send()
  }

  #wait(ms: number): void {
    const next = (): void => {
      this.#send()
      if (!this.#connection?.destroyed) this.#wait(INTERVAL_MS)
    }
    setTimeout(next, ms).unref()
  }

  #send(): void {
    const connection = this.#connection
    if (!connection || connection.destroyed) return
    // A write that waits would keep this process alive.
    if (connection.writableLength > 0 || connection.connecting) {
      if (++this.#leftOut >= MAX_LEFT_OUT) connection.destroy()
      return
    }
    this.#leftOut = 0
    try {
      connection.write(`${JSON.stringify(this.#take())}\n`)
    } catch {
      connection.destroy() // a program may have changed what this uses
    }
  }
}
