import type { ErrorCode, UdpngError } from './errors.js'
import { Listeners } from './listeners.js'
import type { Microprocess } from './microprocess.js'
import { emitWarning } from './process-events.js'

/** An error that a component reported while its `errors` outbox was not linked. */
export interface ErrorReport {
  /** What happened, with its `code`. */
  readonly error: UdpngError
  /** Full name of the component that reported it: `ROOMS/203.0.113.7:4242/PARSE`. */
  readonly component: string
  /**
   * The part of the program that this component belongs to: `ROOMS/Session/PARSE`. It is the same for the children of all
   * clients of a `Sessions`, so there are few of them: use it as the label of a metric.
   */
  readonly part: string
  /** How many errors with this code this part has reported while no outbox was linked, including this one. */
  readonly count: number
}

/** Counts of one scheduler by part and code, so that their memory is bounded. Beyond that, errors are counted by code alone. */
const MAX_COUNTS = 1000

/** Errors that no inbox is linked for: counts them, and hands them to the listeners of the runs, or else to the process as a warning. */
export class ErrorReports {
  readonly #listeners = new Listeners<ErrorReport>()
  readonly #counts = new Map<string, number>()

  /** Hands each report to `listener`, and not to the process. Returns what undoes it. */
  add(listener: (report: ErrorReport) => void): () => void {
    return this.#listeners.add(listener)
  }

  /**
   * Counts an error and hands it on. Without a listener, and where all listeners throw, the first one of this part and code becomes a
   * process warning.
   *
   * @param make - makes the error; called only when it is handed on
   */
  send(process: Microprocess, code: ErrorCode, make: () => UdpngError): void {
    const { groupPath: part } = process
    const count = this.#count(`${part} ${code}`, code)
    if (count > 1 && !this.#listeners.any) return
    const error = make()
    const component = error.component ?? process.name
    if (this.#listeners.notify({ error, component, part, count }) || count > 1) return
    emitWarning(
      `UDPNG_${code}`,
      `${error.message} (link the outbox errors of ${part}, or give onReport to run, to get each; later ones are only counted)`,
    )
  }

  #count(kind: string, code: ErrorCode): number {
    const key = this.#counts.has(kind) || this.#counts.size < MAX_COUNTS ? kind : code
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    return count
  }
}
