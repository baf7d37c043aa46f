import type { ErrorCode, UdpngError } from './errors.js'
import { Listeners } from './listeners.js'
import type { Microprocess } from './microprocess.js'
import { emitWarning } from './process-events.js'

/** An error that a component reported while its `errors` outbox had no reader. */
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
  /**
   * The number of errors with this code that this part has reported without a reader, including this one. A scheduler counts 1000
   * pairs of part and code; beyond that, the number is that of all further parts together.
   */
  readonly count: number
}

/** Maximum number of pairs of part and code of a scheduler, so that their memory is bounded. Beyond that, errors are counted by code alone. */
const MAX_KINDS = 1000

/** Errors of a part with one code. */
interface Kind {
  count: number
  warned: boolean
}

/** Counts the errors that no inbox is linked for, and passes them to the listeners of the runs; without those, emits process warnings. */
export class ErrorReports {
  readonly #listeners = new Listeners<ErrorReport>()
  readonly #kinds = new Map<string, Kind>()

  /** Passes each report to `listener`, and emits no warning for it. Returns a function that removes the listener. */
  add(listener: (report: ErrorReport) => void): () => void {
    return this.#listeners.add(listener)
  }

  /**
   * Counts an error and passes it on. Without a listener that accepts it, emits a process warning, once for this part
   * and code.
   *
   * @param make - creates the error; called only if it is passed on
   */
  send(process: Microprocess, code: ErrorCode, make: () => UdpngError): void {
    const { groupPath: part } = process
    const kind = this.#kind(`${part} ${code}`, code)
    const count = ++kind.count
    if (kind.warned && !this.#listeners.any) return
    const error = make()
    const component = error.component ?? process.name
    if (this.#listeners.notify({ error, component, part, count }) || kind.warned) return
    kind.warned = true
    emitWarning(
      `UDPNG_${code}`,
      `${error.message} (link the outbox errors of ${part}, or give onReport to run, to get each; later ones are only counted)`,
    )
  }

  #kind(partAndCode: string, code: ErrorCode): Kind {
    const found = this.#kinds.get(partAndCode)
    if (found) return found
    const key = this.#kinds.size < MAX_KINDS ? partAndCode : code
    const kind = this.#kinds.get(key) ?? { count: 0, warned: false }
    this.#kinds.set(key, kind)
    return kind
  }
}
