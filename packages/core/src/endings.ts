import type { Clock } from './clock.js'
import { producerFinished, type ShutdownMicroprocess, shutdownMicroprocess } from './control.js'
import { quietly, type UdpngError } from './errors.js'
import { failureOf } from './failure-of.js'
import { ENDED, type Microprocess } from './microprocess.js'
import { closeThread, type Ending } from './thread.js'

/** Time that a component has to shut down by itself, milliseconds; then it is closed. */
const GRACE_MS = 1000

/** The interface of a scheduler for the ends of components. */
export interface Witness {
  readonly clock: Clock
  /** A component makes no further step; its links are cut next. */
  left(process: Microprocess): void
  /** A component has ended; its children and its parent are notified. `failure` is the reason, if it failed. */
  ended(process: Microprocess, failure: UdpngError | undefined): void
  /** A component was closed because its grace time was over. */
  overdue(): void
}

/** Ends components that have finished or failed, that are closed from outside, or that are asked to shut down. */
export class Endings {
  readonly #witness: Witness

  constructor(witness: Witness) {
    this.#witness = witness
  }

  /** Asks a component to shut down, and closes it when it does not within the grace time. */
  shutDown(process: Microprocess, word: ShutdownMicroprocess): void {
    if (process.state === ENDED) return
    quietly(() => process.component.control.deliver(word))
    process.grace ??= this.#witness.clock.after(GRACE_MS, () => {
      this.close(process, word)
      this.#witness.overdue()
    })
  }

  /** Asks a component to shut down after an abort. One that has made no step never makes one; services continue. */
  abort(process: Microprocess, word: ShutdownMicroprocess): void {
    if (process.isService) return
    if (!process.thread && !process.busy) this.close(process, word)
    else this.shutDown(process, word)
  }

  /** Closes a component from outside: its `finally` blocks run, once. One that steps at this moment is closed after its step. */
  close(process: Microprocess, word: ShutdownMicroprocess = shutdownMicroprocess()): void {
    if (process.state === ENDED) return
    if (process.busy) {
      process.closing = true
      return
    }
    let failure: UdpngError | undefined
    process.busy = true
    try {
      closeThread(process)
    } catch (thrown) {
      failure = failureOf(process.name, thrown)
    }
    process.busy = false
    this.end(process, { closed: word, failure })
  }

  /** Closes a component, and everything it started, at once. */
  closeAll(process: Microprocess, word: ShutdownMicroprocess): void {
    this.close(process, word)
    process.children?.forEach((child) => void this.closeAll(child, word))
  }

  /** Ends a component that was closed from outside, that returned, or that failed. */
  end(process: Microprocess, { closed, returned, failure: failed }: Ending): void {
    const { component, name } = process
    const { signal } = component
    const last = failed ? shutdownMicroprocess({ cause: failed }) : returned
    const hasSignalled = signal.sent + signal.discarded > 0
    let failure = failed
    // If the neighbour's control inbox is full and throws, it already has a message to read.
    if (signal.owner === process && (last || !hasSignalled))
      quietly(() => signal.send(last ?? closed ?? producerFinished()))
    process.hush()
    process.grace?.()
    process.state = ENDED
    process.thread = undefined
    this.#witness.left(process)
    process.cutBoxes()
    const word = last ?? closed
    const stop = word?.kind === 'shutdownMicroprocess' ? word : shutdownMicroprocess()
    process.children?.forEach((child) => void this.shutDown(child, stop))
    process.parent?.wake()
    try {
      process.hooks.onEnd(component)
    } catch (thrown) {
      failure ??= failureOf(name, thrown)
    }
    this.#witness.ended(process, failure)
  }
}
