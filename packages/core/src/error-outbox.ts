import type { ErrorCode, UdpngError } from './errors.js'
import { Outbox } from './outbox.js'

/**
 * Reports the errors that a component survives. A report never waits: if the inbox is full, the report is dropped and
 * counted in `lost`. Without a reader, each error is passed to `onReport` of the run. Without that option, the first error of each
 * code is emitted as a process warning, once for each part of a program; later ones are only counted.
 */
export class ErrorOutbox extends Outbox<UdpngError> {
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
   * Sends an error to the inbox that reads it. Without one, passes it to `onReport` of the run, or emits a process warning. Never throws.
   *
   * @param make - creates the error; called only if the error is sent, passed or emitted
   */
  report(code: ErrorCode, make: () => UdpngError): void {
    if (this.full) {
      this.#lost++
      return
    }
    const { hasReader } = this
    if (!hasReader) this.discard()
    try {
      if (hasReader) this.send(make())
      else this.owner?.report(code, make)
    } catch {
      this.#lost++ // an inbox that refuses, or an error that cannot be made, must not affect the component that reports
    }
  }
}
