import type { UdpngError } from '@udpng/core'
import { grouped } from '../options/quantities.js'
import type { Notes } from './notes.js'

/** Minimum interval between two lines. */
const PAUSE_MS = 1000

const NO_BROADCAST = 'choose another: this command does not send broadcasts'

/** The advice in messages, in the terms of a command. */
interface Advice {
  readonly onBroadcast?: string
  readonly flags?: Readonly<Record<string, string>>
}

/**
 * Prints the errors of datagrams, at most one line per second: the first at once, then the number of further ones. So a
 * million failed datagrams do not print a million lines.
 */
export class Complaints {
  readonly #notes: Notes
  readonly #onBroadcast: string
  readonly #flags: Readonly<Record<string, string>>
  #timer: NodeJS.Timeout | undefined
  #more = 0
  #latest = ''

  /**
   * @param advice.onBroadcast - the advice if the system does not permit a broadcast address
   * @param advice.flags - the flags of the command for the options of a peer: messages name the flags
   */
  constructor(notes: Notes, { onBroadcast = NO_BROADCAST, flags = {} }: Advice = {}) {
    this.#notes = notes
    this.#onBroadcast = onBroadcast
    this.#flags = flags
  }

  /** Prints an error, now or as one of those of the next line. */
  add({ message, cause }: UdpngError): void {
    const text =
      this.#withFlags(message) + this.#adviceOn((cause as NodeJS.ErrnoException | undefined)?.code)
    if (this.#timer) {
      this.#more++
      this.#latest = text
      return
    }
    this.#notes.complain(text)
    this.#wait()
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      const wrote = this.#more > 0
      this.flush()
      if (wrote) this.#wait() // the next line, too, comes a second after this one
    }, PAUSE_MS).unref()
  }

  /** Prints the buffered errors. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const more = this.#more
    this.#more = 0
    if (more > 1) this.#notes.complain(`${grouped(more)} more errors, the latest: ${this.#latest}`)
    else if (more === 1) this.#notes.complain(this.#latest)
  }

  #withFlags(message: string): string {
    let text = message
    for (const [option, flag] of Object.entries(this.#flags)) text = text.replaceAll(option, flag)
    return text
  }

  /** Advice for a system error, if there is one. */
  #adviceOn(code: string | undefined): string {
    if (code === 'EACCES') return `; if it is a broadcast address, ${this.#onBroadcast}`
    if (code === 'ENETUNREACH') return '; this machine has no route to it'
    return ''
  }
}
