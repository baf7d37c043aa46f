import { appendFileSync } from 'node:fs'
import { threadId } from 'node:worker_threads'
import { atEnd } from './at-end.js'
import { OpenSockets } from './open-sockets.js'
import { type RecordStats, type Reporting, reporting } from './reporting-channel.js'
import type { SocketStats } from './stats.js'
import { type OtherSockets, withSocket } from './sum-of-stats.js'

/** Maximum number of closed sockets that a report lists; of the others it has the sum. */
const MAX_CLOSED = 100

/** The counters of the sockets of a process or worker thread, as a line of JSON. */
export interface Report {
  readonly pid: number
  /** 0 is the main thread. */
  readonly thread: number
  /** The command line. */
  readonly command: readonly string[]
  readonly sockets: readonly (SocketStats & { readonly isOpen: boolean })[]
  /** Further sockets, which were closed. */
  readonly others: OtherSockets | undefined
  /** Undefined if nothing is recorded. */
  readonly record: RecordStats | undefined
}

/** Appends a `Report` to a file at the end of this process or worker thread, also when it is ended by a signal. */
export function reportTo(file: string): void {
  const closed: SocketStats[] = []
  let others: OtherSockets | undefined
  const sockets = new OpenSockets((stats) => {
    if (closed.length < MAX_CLOSED) closed.push(stats)
    else others = withSocket(others, stats)
  })

  function report(): void {
    sockets.sweep()
    const { record } = announced()
    const line: Report = {
      pid: process.pid,
      thread: threadId,
      command: process.argv,
      sockets: [
        ...closed.map((stats) => ({ ...stats, isOpen: false })),
        ...Array.from(sockets, ([{ stats }]) => ({ ...stats, isOpen: true })),
      ],
      others,
      record,
    }
    try {
      appendFileSync(file, `${JSON.stringify(line)}\n`)
    } catch (error) {
      console.error(
        `udpng: cannot write the report of process ${process.pid}: ${(error as Error).message}`,
      )
    }
  }

  atEnd(report)
}

function announced(): Reporting {
  const message: Reporting = { record: undefined }
  reporting.publish(message)
  return message
}
