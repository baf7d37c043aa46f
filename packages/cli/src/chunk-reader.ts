import type { Readable } from 'node:stream'
import { Component, Inbox, type Main, Outbox } from '@udpng/core'

/**
 * Sends the bytes of an input in pieces of `size` bytes; only the last piece may be shorter.
 *
 * So the pieces are the same, whether a file or a pipe brings the bytes, fast or slowly: bytes that do not fill a piece
 * wait for more, or for the end of the input.
 *
 * While `outbox` is full it reads no more, so the writer of the input is slowed by backpressure. At the end of the input,
 * and on producerFinished, it sends what it has read, and ends. An input that fails fails the component.
 */
export class ChunkReader extends Component {
  readonly outbox: Outbox<Uint8Array> = new Outbox('Bytes')
  protected readonly arrived: Inbox<Buffer | Error | null> = new Inbox(
    'Chunks of the input; null is its end, an error why it broke off',
    { role: 'internal' },
  )
  readonly #size: number
  readonly #input: Readable
  /** What was read and does not fill a piece. */
  #rest: Buffer = Buffer.alloc(0)

  /**
   * @param size - bytes of a piece: a whole number >= 1
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
        if (chunk instanceof Error) throw chunk
        if (chunk) yield* this.#cut(chunk)
        else if (chunk === null || finishing) {
          if (this.#rest.length > 0) yield* this.#send(this.#rest)
          return
        } else {
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

  /** Sends the pieces that are full now; at most one of them is copied. */
  *#cut(chunk: Buffer): Generator<undefined, void, void> {
    let at = 0
    if (this.#rest.length > 0) {
      at = Math.min(this.#size - this.#rest.length, chunk.length)
      this.#rest = Buffer.concat([this.#rest, chunk.subarray(0, at)])
      if (this.#rest.length < this.#size) return
      yield* this.#send(this.#rest)
    }
    for (; at + this.#size <= chunk.length; at += this.#size)
      yield* this.#send(chunk.subarray(at, at + this.#size))
    this.#rest = chunk.subarray(at)
  }

  *#send(piece: Buffer): Generator<undefined, void, void> {
    // What ends it is read by main; the rest of this chunk is little.
    while (this.outbox.full && !this.control.ready) yield this.pause()
    this.outbox.send(piece)
  }
}
