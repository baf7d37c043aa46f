import type { Datagram } from '@udpng/basic-peer'
import { Transformer } from '@udpng/flow'
import type { Letter } from '@udpng/peers'

/** What can be sent: the data of a datagram; text and bytes as they are; anything else as text. */
export class Payload extends Transformer<unknown, string | Uint8Array> {
  constructor() {
    super((message) => {
      if (typeof message === 'string' || message instanceof Uint8Array) return message
      return isDatagram(message) ? message[0] : String(message)
    })
  }
}

/** A letter with the data of a datagram, to where it came from. */
export class Reply extends Transformer<Datagram, Letter> {
  constructor() {
    super(([data, [host, port]]) => [host, port, data])
  }
}

/** Options of a Filter. */
export interface FilterOptions {
  /** A regular expression, which is searched in the text of a message. */
  readonly matches: string
}

/** The messages whose text matches, all others not; of a datagram, the text is its data. */
export class Filter extends Transformer<unknown, unknown> {
  constructor({ matches }: FilterOptions) {
    const expression = new RegExp(matches)
    super((message) => (expression.test(textOf(message)) ? message : undefined))
  }
}

/** Options of a Sample. */
export interface SampleOptions {
  /** One message of so many goes on. */
  readonly every: number
}

/** One message of so many: the first, and so on. */
export class Sample extends Transformer<unknown, unknown> {
  constructor({ every }: SampleOptions) {
    let count = 0
    super((message) => (count++ % every === 0 ? message : undefined))
  }
}

function textOf(message: unknown): string {
  if (isDatagram(message)) return message[0].toString()
  return message instanceof Uint8Array ? Buffer.from(message).toString() : String(message)
}

function isDatagram(message: unknown): message is Datagram {
  return Array.isArray(message) && message.length === 2 && Buffer.isBuffer(message[0])
}
