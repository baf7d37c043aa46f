import type { Writable } from 'node:stream'
import { inspect, types } from 'node:util'
import { Component, type Counts, Inbox, type Main, Outbox, shutdownMicroprocess } from '@udpng/core'
import { checkOptions, flag, type OptionTable, text } from '@udpng/core/options'
import { formatAddress, isBytes, isDatagram, isUnixPath } from '@udpng/datagram'
import { ErrorLines } from './error-lines.js'
import { printable, printableLine } from './printable.js'
import { writable } from './stream-kinds.js'

/** Options of a ConsoleEchoer. */
export interface ConsoleEchoerOptions {
  /** Whether to send each message on `outbox` too (default false). */
  readonly forwarder?: boolean
  /** Whether to write every message as `util.inspect` shows it, with a newline (default false). */
  readonly useRepr?: boolean
  /** The text before each message (default ""). */
  readonly tag?: string
  /** The output (default: standard output). */
  readonly output?: Writable
}

const OPTIONS = {
  forwarder: { kind: flag, default: false },
  useRepr: {
    kind: flag,
    default: false,
  },
  tag: { kind: text, default: '' },
  output: { kind: writable },
} as const satisfies OptionTable<ConsoleEchoerOptions>

/** Messages are written in batches of at least this many characters. */
const CHARACTERS_PER_WRITE = 16_384

/**
 * Writes `tag` and the text of every message of `inbox` to standard output, in order.
 *
 * A string is written unchanged, bytes as `printable` text, both without an added newline, because they have their own
 * line ends. A datagram `[data, [host, port]]` is written as "host:port text" and a newline, unless the text ends with
 * one. Anything else is written as `console.log` shows it, with a newline. With `useRepr` every message is written that way.
 *
 * An error is one line, `Name: message`. At most one such line is written per second: the first error at once, then the number
 * of those that followed, with the latest.
 *
 * Bytes from the network cannot drive the terminal: see `printable`.
 *
 * A slow output applies backpressure: until it has taken the text written, no message is taken from
 * `inbox`. A forwarder also waits for room in `outbox`. On producerFinished it writes all queued messages and
 * ends; on shutdownMicroprocess it ends at once.
 *
 * When the reader of standard output closes it (`| head -1`), all components of the scheduler are
 * closed, and `run()` resolves. Any other error of the output fails the component.
 *
 * @example
 * await new Pipeline(new UDPReceiver({ localPort: 1501 }), new ConsoleEchoer()).run()
 *
 * @see Kamaelia.Util.Console.ConsoleEchoer
 */
export class ConsoleEchoer<T = unknown> extends Component {
  readonly inbox: Inbox<T> = new Inbox('Messages to write')
  readonly outbox: Outbox<T> = new Outbox('The same messages, from a forwarder')
  protected readonly written: Inbox<Error | undefined> = new Inbox(
    'The output has taken what was written, or failed',
    { role: 'internal' },
  )
  /** Messages being written, and those that the output did not take. */
  #inHand = 0
  #unwritten = 0
  readonly #options: ConsoleEchoerOptions
  readonly #errors: ErrorLines = new ErrorLines()

  /**
   * @param options.forwarder - whether to send each message on `outbox` too (default false)
   * @param options.useRepr - whether to write every message as `util.inspect` shows it, with a newline (default false)
   * @param options.tag - the text before each message (default "")
   * @param options.output - the output (default: standard output)
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option
   */
  constructor(options?: ConsoleEchoerOptions) {
    super()
    this.#options = checkOptions('create ConsoleEchoer', OPTIONS, options)
  }

  /** A message is consumed when the output has taken it. */
  protected override accounting(): Counts {
    const inHand = this.#inHand
    return {
      entered: this.outbox.sent + this.outbox.discarded,
      consumed: this.inbox.taken - inHand - this.#unwritten,
      waiting: inHand,
      dropped: { unwritten: this.#unwritten },
    }
  }

  override *main(): Main {
    const { output = process.stdout } = this.#options
    let writing = false
    let failed = false
    const onError = (error: Error): void => {
      failed = true
      this.written.deliver(error)
    }
    const onClose = (): void => onError(new Error('the output was closed'))
    const letGo = (): void => {
      output.off('error', onError).off('close', onClose)
      if (limited) output.setMaxListeners(output.getMaxListeners() - 1)
    }
    const onWritten = (error?: Error | null): void => {
      writing = false
      if (error) this.#unwritten += this.#inHand
      this.#inHand = 0
      if (error) onError(error)
      else if (this.ended) letGo()
      else this.written.deliver(undefined)
    }
    // However many echoers share an output, Node.js must not print a warning that it might be a leak.
    const limited = output.getMaxListeners() > 0
    if (limited) output.setMaxListeners(output.getMaxListeners() + 1)
    output.on('error', onError).on('close', onClose)
    try {
      for (;;) {
        const word = this.readControl()
        if (word?.kind === 'shutdownMicroprocess') return word
        for (const error of this.written)
          if (error && output === process.stdout && isGone(error)) {
            this.scheduler.stop()
            return shutdownMicroprocess({ cause: error })
          } else if (error) throw error
        const now = this.scheduler.clock.now()
        const text = writing ? '' : this.#batch(now) + this.#dueErrors(now, word !== undefined)
        if (text === '' && !writing) this.#inHand = 0
        if (text !== '') {
          writing = true
          output.write(text, onWritten)
        } else if (word && !writing && !this.inbox.ready) return
        yield this.pause(writing ? Infinity : this.#errors.dueAt - now)
      }
    } finally {
      // A later failure must find its listener, or the process would crash.
      if (!writing && !failed) letGo()
    }
  }

  /** Takes messages and joins their texts. */
  #batch(now: number): string {
    const { forwarder = OPTIONS.forwarder.default, tag = OPTIONS.tag.default } = this.#options
    let text = ''
    while (this.inbox.ready && text.length < CHARACTERS_PER_WRITE) {
      if (forwarder && this.outbox.full) break
      const message = this.inbox.recv() as T
      this.#inHand++
      const line = this.#textOf(message, now)
      // An error may be kept for a later line.
      if (line !== undefined) text += tag + line
      if (forwarder) this.outbox.send(message)
    }
    return text
  }

  /** The line of the buffered errors, if it is due or no other message will come. */
  #dueErrors(now: number, finishing: boolean): string {
    if (now < this.#errors.dueAt && (!finishing || this.inbox.ready)) return ''
    const line = this.#errors.flush(now)
    return line && (this.#options.tag ?? '') + line
  }

  /** Undefined for an error that is buffered. */
  #textOf(message: unknown, now: number): string | undefined {
    try {
      return this.#format(message, now)
    } catch {
      return `${typeof message} that cannot be shown\n` // its own code threw
    }
  }

  #format(message: unknown, now: number): string | undefined {
    if (this.#options.useRepr) return `${printable(inspect(message))}\n`
    if (typeof message === 'string') return message
    if (isBytes(message)) return printable(message)
    if (isDatagram(message)) {
      const [data, from] = message
      const text = printable(data)
      const where = formatAddress(from)
      // The path of a Unix socket may have line ends, with which a sender could forge lines.
      const shown = isUnixPath(from[0]) ? printableLine(where) : printable(where)
      return `${shown} ${text}${text.endsWith('\n') ? '' : '\n'}`
    }
    if (types.isNativeError(message)) return this.#errors.add(message, now) || undefined
    return `${printable(inspect(message))}\n`
  }
}

/** The reader has closed: a pipe fails with EPIPE, a connection that was reset with ECONNRESET. */
function isGone(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ECONNRESET'
}
