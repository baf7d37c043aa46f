import type { OpenOptions, Parcel } from '@udpng/basic-peer'
import type { Addon, Handle } from './addon.js'
import { EAGAIN } from './linux.js'
import type { Cut, Failure, Outgoing } from './outgoing.js'
import type { Refusals } from './refusals.js'
import { Segmentation } from './segmentation.js'
import type { Shared } from './shared.js'
import { systemError } from './system-error.js'

/** A refused GSO message, until it is known whether the kernel accepts its first datagram alone. */
interface Trial {
  readonly segment: number
  readonly errno: number
}

type SenderOptions = Pick<OpenOptions, 'stats'> & Pick<Cut, 'most' | 'connected'>

/** Sends the runs of one socket: stages them in `outgoing`, which all sockets of a transport share, and counts sent datagrams. */
export class Sender {
  readonly #addon: Addon
  readonly #outgoing: Outgoing
  readonly #handle: Handle
  readonly #options: SenderOptions
  readonly #refusals: Refusals
  readonly #segmentation: Segmentation

  constructor(shared: Shared, handle: Handle, options: SenderOptions, refusals: Refusals) {
    this.#addon = shared.addon
    this.#outgoing = shared.outgoing
    this.#handle = handle
    this.#options = options
    this.#refusals = refusals
    this.#segmentation = new Segmentation(shared.segmentation ? options.most : 0)
  }

  /**
   * Sends a run, and returns the parcels left if the socket would block. It calls no function that may send or close: failed parcels
   * are appended to `failures`, because all sockets share `outgoing`.
   */
  flush(run: readonly Parcel[], failures: Failure[]): Parcel[] {
    const addon = this.#addon
    const outgoing = this.#outgoing
    const segmentation = this.#segmentation
    const { most, connected } = this.#options
    let singly = 0
    let trial: Trial | undefined
    let rest: Parcel[] = []
    for (let from = 0; from < run.length; ) {
      const taken = outgoing.stage(run, from, {
        most,
        segment: segmentation.limit,
        singly,
        connected,
      })
      for (const failure of outgoing.refused) failures.push(failure)
      const { bytes, names, rows, count, starts, parcels } = outgoing
      let done = addon.send(this.#handle, bytes, names.bytes, rows, 0, count)
      if (done < 0) {
        this.#refusals.waiting = true
        done = ~done
      }
      if (trial && done > 0 && outgoing.statusOf(0) === 0)
        segmentation.refused(trial.segment, trial.errno)
      singly = 0
      trial = undefined
      this.#settle(done, failures)
      from += taken
      if (done === count) continue
      rest = [...parcels.slice(starts[done]), ...run.slice(from)]
      const errno = outgoing.statusOf(done)
      if (errno === EAGAIN) break
      // The kernel does not segment this message: its datagrams are sent singly.
      trial = { segment: outgoing.segmentOf(done), errno }
      singly = (starts[done + 1] as number) - (starts[done] as number)
      run = rest
      rest = []
      from = 0
    }
    return rest
  }

  /** Counts the first `done` messages. */
  #settle(done: number, failures: Failure[]): void {
    const { stats } = this.#options
    const outgoing = this.#outgoing
    const { starts, parcels } = outgoing
    for (let row = 0; row < done; row++) {
      const [first, end] = [starts[row] as number, starts[row + 1] as number]
      const status = outgoing.statusOf(row)
      if (status === 0) {
        stats.sent += end - first
        stats.sentBytes += outgoing.lengthOf(row)
        this.#segmentation.sent(end - first)
      } else
        for (const parcel of parcels.slice(first, end))
          failures.push([parcel, systemError('send', status, parcel.host, parcel.port)])
    }
  }
}
