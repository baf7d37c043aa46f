import type { Readable, Writable } from 'node:stream'
import { Component, Inbox, type Main, Outbox } from '@udpng/core'
import { checkOptions, type OptionTable, text } from '@udpng/core/options'
import { LineSplitter } from './line-splitter.js'
import { readable, writable } from './stream-kinds.js'

/** Options of a ConsoleReader. */
export interface ConsoleReaderOptions {
  /** The prompt; shown only on a terminal (default ">>> "). */
  readonly prompt?: string
  /** The line end that is added to each message (default "\n"). */
  readonly eol?: string
  /** The input, UTF-8 (default: standard input). */
  readonly input?: Readable & { readonly isTTY?: boolean | undefined }
  /** The output for the prompt (default: standard output). */
  readonly output?: Writable & { readonly isTTY?: boolean | undefined }
}

const OPTIONS = {
  prompt: {
    kind: text,
    default: '>>> ',
  },
  eol: { kind: text, default: '\n' },
  input: {
    kind: readable,
  },
  output: { kind: writable },
} as const satisfies OptionTable<ConsoleReaderOptions>

/** Maximum number of lines per step: then other components get their turn. */
const LINES_PER_STEP = 256

/**
 * Sends each line of standard input plus `eol` on `outbox`, in order; on a terminal it writes
 * `prompt` before each.
 *
 * A line ends with "\n" or "\r\n", or with the input. A line of more than 1 Mi characters is sent in
 * pieces, of which only the last has `eol`. While `outbox` is full it stops reading, so that
 * backpressure reaches the program that writes to its input. Unlinked, it reads and discards.
 *
 * At the end of the input (Ctrl-D on a terminal) it sends all lines and producerFinished, and
 * ends. On producerFinished it sends the complete lines that it has read, and ends; on shutdownMicroprocess it ends at once.
 * At its end it releases its input, so that the process can exit, or another reader can continue.
 *
 * @example
 * await new Pipeline(new ConsoleReader(), new UDPSender({ receiverPort: 1500 })).run()
 *
 * @see Kamaelia.Util.Console.ConsoleReader
 */
export class ConsoleReader extends Component {
  readonly outbox: Outbox<string> = new Outbox('Lines')
  protected readonly arrived: Inbox<Uint8Array | string | Error | null> = new Inbox(
    'Chunks of the input; null is its end, an error why it broke off',
    { role: 'internal' },
  )
  readonly #options: ConsoleReaderOptions

  /**
   * @param options.prompt - the prompt, shown only when input and output are a terminal (default ">>> ")
   * @param options.eol - the line end that is added to each message (default "\n")
   * @param options.input - the input, UTF-8 (default: standard input)
   * @param options.output - the output for the prompt (default: standard output)
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option
   */
  constructor(options?: ConsoleReaderOptions) {
    super()
    this.#options = checkOptions('create ConsoleReader', OPTIONS, options)
  }

  override *main(): Main {
    const {
      prompt = OPTIONS.prompt.default,
      eol = OPTIONS.eol.default,
      input = process.stdin,
      output = process.stdout,
    } = this.#options
    const onTerminal = input.isTTY === true && output.isTTY === true
    const { arrived, outbox } = this
    const onData = (chunk: Uint8Array | string): void => {
      input.pause()
      arrived.deliver(chunk)
    }
    const onEnd = (): void => void arrived.deliver(null)
    const onError = (error: Error): void => void arrived.deliver(error)
    input.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError)
    if (onTerminal) output.on('error', ignore)
    if (input.readableEnded || input.destroyed) arrived.deliver(input.errored)

    const lines = new LineSplitter(eol)
    let line: string | undefined
    let sent = 0
    let asked = false
    let over = false
    let finishing = false
    try {
      for (;;) {
        const word = this.readControl()
        if (word?.kind === 'shutdownMicroprocess') return word
        if (word && !finishing) {
          finishing = true
          input.pause()
          readWhatHasComeIn(input)
        }
        line ??= lines.next()
        if (line !== undefined) {
          if (outbox.full) yield this.pause()
          else {
            outbox.send(line)
            line = undefined
            asked = false
            if (++sent % LINES_PER_STEP === 0) yield
          }
        } else if (over) return
        else if (arrived.ready) {
          const chunk = arrived.recv() ?? null
          if (chunk instanceof Error) throw chunk
          if (chunk !== null) lines.push(chunk)
          else {
            over = true
            lines.end()
            if (onTerminal) output.write('\n')
          }
        } else if (finishing) return
        else {
          if (!outbox.full) {
            if (onTerminal && !asked) output.write(prompt)
            asked = true
            input.resume()
          }
          yield this.pause()
        }
      }
    } finally {
      input.off('data', onData).off('end', onEnd).off('close', onEnd)
      // The 'error' event of a stream that broke may yet come: without a listener it would end the process.
      if (!input.errored) input.off('error', onError)
      output.off('error', ignore)
      // Standard input stops reading, and so lets the process exit, only on a 'pause' event, which comes only
      // from a stream that flows.
      input.resume()
      input.pause()
    }
  }
}

/** Makes a paused stream emit what it has buffered; one `read()` may give all of that, or the first of its chunks. */
function readWhatHasComeIn(input: Readable): void {
  for (let left = input.readableLength; left > 0; ) {
    const chunk = input.read()
    left -= chunk === null ? left : input.readableObjectMode ? 1 : chunk.length
  }
}

/** A reader works without its prompt. */
function ignore(): void {}
