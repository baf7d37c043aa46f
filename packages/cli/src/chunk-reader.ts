import type { Readable } from 'node:stream'
import { Component, Inbox, type Main, Outbox } from '@udpng/core'

/**
 * Sends the bytes of an input as they come, in pieces of at most `size` bytes.
 *
 * While `outbox` is full it reads no more, so whoever writes to the input is held up. At its end it says
 * producerFinished; on producerFinished it first sends what it has read. An input that fails fails the component.
 */
export class ChunkReader extends Component {
  readonly outbox: Outbox<Uint8Array> = new Outbox('Bytes')
  protected readonly arrived: Inbox<Buffer | Error | null> = new Inbox(
    'Chunks of the input; null is its end, an error why it broke off',
  )
  readonly #size: number
  readonly #input: Readable

  /**
   * @param size - the most bytes of one message: a whole number >= 1
   * @param input - where the bytes come from (default: standard input)
   */
  constructor(size: number, input: Readable = process.stdin) {
    super()
    this.#size = size
    this.#input = input
  }

  override *main(): Main {
    const input = this.#input
    const { arrived } = this
    const onData = (chunk: Buffer): void => {
      input.pause()
      arrived.deliver(chunk)
    }
    const onEnd = (): void => void arrived.deliver(null)
    const onError = (error: Error): void => void arrived.deliver(error)
    input.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError)
    try {
      for (let finishing = false; ; ) {
        const word = this.readControl()
        if (word?.kind === 'shutdownMicroprocess') {
          this.signal.send(word)
          return
        }
        finishing ||= word !== undefined
        const chunk = arrived.recv()
        if (chunk === null) return
        if (chunk instanceof Error) throw chunk
        if (chunk) yield* this.#send(chunk)
        else if (finishing) return
        else {
          input.resume()
          yield this.pause()
        }
      }
    } finally {
      input.off('data', onData).off('end', onEnd).off('close', onEnd)
      if (!input.errored) input.off('error', onError)
      // Only a stream that flows can be paused, and only one that is paused lets the process exit.
      input.resume()
      input.pause()
    }
  }

  *#send(chunk: Buffer): Generator<undefined, void, void> {
    for (let at = 0; at < chunk.length; at += this.#size) {
      while (this.outbox.full) {
        // What ends it is read by main; the rest of this chunk is little.
        if (this.control.ready) break
        yield this.pause()
      }
      this.outbox.send(chunk.subarray(at, at + this.#size))
    }
  }
}
