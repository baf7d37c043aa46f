import { formatAddress } from '@udpng/datagram'
import type { Sample, SocketStats } from '@udpng/dgram'
import type { ProgramSockets } from './program-sockets.js'
import type { SocketCopy } from './socket-copy.js'

/** The counters of no socket. The kernel drops of open sockets that are not sampled are not known. */
const NO_STATS: SocketStats = {
  transport: 'dgram',
  local: undefined,
  received: 0,
  receivedBytes: 0,
  sent: 0,
  sentBytes: 0,
  failed: {},
  unsent: 0,
  unread: 0,
  receiveErrors: 0,
  refused: undefined,
  kernelDrops: undefined,
  impairment: undefined,
}

/** The sockets of one process or worker thread of a command, kept as its samples say. */
export class ProcessSockets {
  readonly #program: ProgramSockets
  /** Whether there are other processes or threads. */
  readonly #isOneOfSeveral: () => boolean
  readonly #copies = new Map<number, SocketCopy>()
  #others: SocketCopy | undefined
  #label: string | undefined

  constructor(program: ProgramSockets, isOneOfSeveral: () => boolean) {
    this.#program = program
    this.#isOneOfSeveral = isOneOfSeveral
  }

  /** Takes over what has changed. */
  update(sample: Sample): void {
    const { time, open, closed, others, more } = sample
    this.#label ??= this.#isOneOfSeveral() ? labelOf(sample) : ''
    for (const { id, ...stats } of open) {
      const copy = this.#copies.get(id)
      const name = stats.local ? formatAddress(stats.local) : 'not bound'
      if (copy) copy.stats = stats
      else this.#copies.set(id, this.#program.show(name + this.#label, stats, time))
    }
    for (const { id, ...stats } of closed) {
      const copy = this.#copies.get(id)
      if (!copy) continue
      copy.stats = stats
      copy.close()
      this.#copies.delete(id)
    }
    if (others || more > 0) {
      const stats = { ...(others?.sum ?? NO_STATS), closed: others?.sockets ?? 0, open: more }
      this.#others ??= this.#program.show(`other sockets${this.#label}`, stats, time)
      this.#others.stats = stats
    }
    // Also of those that have not changed: they were read.
    for (const copy of this.#all()) copy.statsReadAt = time
  }

  /** Ends all of them: the process has ended, or does not send samples any more. */
  close(): void {
    for (const copy of this.#all()) copy.close()
    this.#copies.clear()
    this.#others = undefined
  }

  *#all(): Generator<SocketCopy> {
    yield* this.#copies.values()
    if (this.#others) yield this.#others
  }
}

function labelOf({ script, pid, thread }: Sample): string {
  return ` (${script} ${pid}${thread === 0 ? '' : `, thread ${thread}`})`
}
