import type { ErrorCode, UdpngError } from './errors.js'
import { Outbox } from './outbox.js'

/**
 * Reports the errors that a component survives. A report never waits: if the inbox is full, the report is dropped and
 * counted in `lost`. Unlinked, the first error of each code is emitted as a process warning, once for each
 * part of a program; later ones are only counted.
 */
export class ErrorOutbox extends Outbox<UdpngError> {
  readonly #warned = new Set<ErrorCode>()
  #lost = 0

  /** @param doc - a description of the errors */
  constructor(doc: string) {
    super(doc, { role: 'report' })
  }

  /** Reports dropped because the inbox was full or threw, or because the error could not be created. */
  get lost(): number {
    return this.#lost
  }

  /**
   * Sends an error to the linked inbox, or emits a process warning. Never throws.
   *
   * @param make - creates the error; called only if the error is sent or emitted
   */
  report(code: ErrorCode, make: () => UdpngError): void {
    if (this.full) this.#lost++
    else if (this.linked) {
      try {
        this.send(make())
      } catch {
        this.#lost++ // an inbox that refuses must not affect the component that reports
      }
    } else {
      this.discard()
      const { owner } = this
      if (!owner || this.#warned.has(code)) return
      this.#warned.add(code)
      try {
        owner.warn(make())
      } catch {
        this.#lost++ // what was thrown cannot be shown
      }
    }
  }
}
