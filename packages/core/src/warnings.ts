import type { UdpngError } from './errors.js'
import type { Microprocess } from './microprocess.js'
import { emitWarning } from './process-events.js'

/** Maximum number of warnings of a scheduler, so that their memory is bounded. */
const MAX_WARNINGS = 1000

/** Emits process warnings for errors on unlinked outboxes, one for each code and part. The children of all clients are one part. */
export class Warnings {
  readonly #emitted = new Set<string>()

  /** Emits a warning, the first time for this part and code. */
  emit({ groupPath }: Microprocess, { code, message }: UdpngError): void {
    const key = `${groupPath} ${code}`
    if (this.#emitted.has(key) || this.#emitted.size >= MAX_WARNINGS) return
    this.#emitted.add(key)
    emitWarning(
      `UDPNG_${code}`,
      `${message} (link the outbox errors of ${groupPath} to get each error; more of this kind are only counted)`,
    )
  }
}
