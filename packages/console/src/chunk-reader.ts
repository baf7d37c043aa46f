import type { Readable } from 'node:stream'
import { Component, type Counts, Inbox, type Main, Outbox } from '@udpng/core'
import { checkOptions, type OptionTable, whole } from '@udpng/core/options'
import { readable } from './stream-kinds.js'

/** Options of a ChunkReader. */
export interface ChunkReaderOptions {
  /** Size of a piece, bytes: a whole number >= 1. */
  readonly size: number
  /** The input (default: standard input). */
  readonly input?: Readable
}

const OPTIONS = {
  size: { kind: whole, unit: 'bytes', min: 1, required: true },
  input: { kind: readable },
} as const satisfies OptionTable<ChunkReaderOptions>

/**
 * Sends the bytes of an input in pieces of `size` bytes; only the last piece may be shorter.
 *
 * The pieces do not depend on how the bytes arrive, from a file or a pipe, fast or slowly: bytes that do not fill a piece
 * wait for more, or for the end of the input.
 *
 * While `outbox` is full it stops reading, so backpressure reaches the writer of the input. At the end of the input,
 * and on producerFinished, it sends the bytes that it has read, and ends. On shutdownMicroprocess it ends at once; unsent
 * pieces are counted. An error of the input fails the component.
 *
 * @example
 * await new Pipeline(
 *   new ChunkReader({ size: 1316, input: createReadStream('video.ts') }),
 *   new UDPSender({ receiverAddr: '127.0.0.1', receiverPort: 1500 }),
 * ).run()
 */
export class ChunkReader extends Component {
  readonly outbox: Outbox<Uint8Array> = new Outbox('Bytes')
  protected readonly arrived: Inbox<Buffer | Error | null> = new Inbox(
    'Chunks of the input; null is its end, an error why it broke off',
    { role: 'internal' },
  )
  readonly #size: number
  readonly #input: Readable
  /** Bytes read that do not fill a piece yet. */
  #rest: Buffer = Buffer.alloc(0)
  #bytesRead = 0
  #bytesSent = 0

  /**
   * @param options.size - size of a piece, bytes: a whole number >= 1
   * @param options.input - the input (default: standard input)
   * @throws {UdpngError} `BAD_OPTION` for a missing, invalid or unknown option
   */
  constructor(options: ChunkReaderOptions) {
    super()
    const { size, input = process.stdin } = checkOptions<ChunkReaderOptions>(
      'create ChunkReader',
      OPTIONS,
      options,
    )
    this.#size = size
    this.#input = input
  }

  protected override accounting(): Counts {
    const inHand = Math.ceil((this.#bytesRead - this.#bytesSent) / this.#size)
    const { sent, discarded } = this.outbox
    const entered = sent + discarded + inHand
    return this.ended ? { entered, dropped: { unsent: inHand } } : { entered, waiting: inHand }
  }

  override *main(): Main {
    const input = this.#input
    const { arrived } = this
    const onData = (chunk: Buffer): void => {
      input.pause()
      this.#bytesRead += chunk.length
      arrived.deliver(chunk)
    }
    const onEnd = (): void => void arrived.deliver(null)
    const onError = (error: Error): void => void arrived.deliver(error)
    input.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError)
    try {
      while (this.#goesOn()) {
        const chunk = arrived.recv()
        if (chunk instanceof Error) throw chunk
        if (chunk) yield* this.#cut(chunk)
        else if (chunk === null || this.readControl()) {
          if (this.#rest.length > 0) yield* this.#send(this.#rest)
          break
        } else {
          input.resume()
          yield this.pause()
        }
      }
      return this.readControl()
    } finally {
      input.off('data', onData).off('end', onEnd).off('close', onEnd)
      if (!input.errored) input.off('error', onError)
      // Only a stream that flows can be paused, and only one that is paused lets the process exit.
      input.resume()
      input.pause()
    }
  }

  /** Sends the complete pieces; copies at most one of them. */
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
    while (this.#goesOn()) {
      if (!this.outbox.full) {
        this.outbox.send(piece)
        this.#bytesSent += piece.length
        return
      }
      yield this.pause()
    }
  }

  /** Reads `control`; false if it must end at once. */
  #goesOn(): boolean {
    return this.readControl()?.kind !== 'shutdownMicroprocess'
  }
}
