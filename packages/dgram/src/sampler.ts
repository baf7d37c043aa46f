import { basename } from 'node:path'
import { threadId } from 'node:worker_threads'
import { OpenSockets } from './open-sockets.js'
import type { Sample, SampledSocket } from './sample.js'
import { type OtherSockets, withSocket } from './sum-of-stats.js'

/** Maximum number of open sockets that are sampled. */
const MAX_SAMPLED = 500
/** Maximum number of characters of the script's name. */
const MAX_NAME = 100

/** Takes samples of the sockets of this process or worker thread. */
export class Sampler {
  readonly #sockets: OpenSockets
  /** The last sample of each socket, as text, by number. */
  readonly #last = new Map<number, string>()
  #closed: SampledSocket[] = []
  #others: OtherSockets | undefined

  /** @param onCreated - called with each new socket */
  constructor(onCreated: () => void) {
    this.#sockets = new OpenSockets((stats, id) => {
      if (this.#last.delete(id)) this.#closed.push({ ...stats, id })
      // One that was never bound has moved nothing.
      else if (stats.local) this.#others = withSocket(this.#others, stats)
    }, onCreated)
  }

  /** Returns what has changed since the last sample. */
  take(): Sample {
    this.#sockets.sweep()
    const closed = this.#closed
    this.#closed = []
    const open: SampledSocket[] = []
    let more = 0
    for (const [socket, id] of this.#sockets) {
      const last = this.#last.get(id)
      if (last === undefined && this.#last.size >= MAX_SAMPLED) {
        more++
        continue
      }
      const sampled = { ...socket.stats, id }
      const text = JSON.stringify(sampled)
      if (!sampled.local || text === last) continue
      this.#last.set(id, text)
      open.push(sampled)
    }
    return {
      time: Date.now(),
      pid: process.pid,
      thread: threadId,
      script: basename(process.argv[1] ?? 'node').slice(0, MAX_NAME),
      open,
      closed,
      others: this.#others,
      more,
    }
  }
}
