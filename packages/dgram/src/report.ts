import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import { threadId } from 'node:worker_threads'
import { sumOfBounds } from '@udpng/basic-peer'
import { atEnd } from './at-end.js'
import { type RecordStats, type Reporting, reporting } from './reporting-channel.js'
import type { Socket } from './socket.js'
import type { SocketStats } from './stats.js'

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
  /** The number of further sockets, which were closed, and the sums of their counters. */
  readonly others: { readonly sockets: number; readonly sum: SocketStats } | undefined
  /** Undefined if nothing is recorded. */
  readonly record: RecordStats | undefined
}

/** Appends a `Report` to a file at the end of this process or worker thread, also when it is ended by a signal. */
export function reportTo(file: string): void {
  const sockets = new Set<Socket>()
  const closed: SocketStats[] = []
  let others: Report['others']
  /** Whether one of the others was bound. */
  let hasBound = false

  /** Adds a socket to the others. One that was never bound has no counters, and its transport must not hide theirs. */
  function add(stats: SocketStats): void {
    const before = others?.sum
    const isBound = stats.local !== undefined
    const sum = before && hasBound ? (isBound ? sumOf(before, stats) : before) : stats
    others = { sockets: (others?.sockets ?? 0) + 1, sum }
    hasBound ||= isBound
  }

  /** Forgets sockets that are closed, so that memory is bounded. */
  function sweep(): void {
    for (const socket of sockets) {
      if (!isClosed(socket)) continue
      sockets.delete(socket)
      if (closed.length < MAX_CLOSED) closed.push(socket.stats)
      else add(socket.stats)
    }
  }

  let limit = MAX_CLOSED
  subscribe('udp.socket', (message) => {
    const { socket } = message as { socket: Socket }
    if (!('stats' in socket)) return // created by what had `node:dgram` before it was replaced
    sockets.add(socket)
    if (sockets.size < limit) return
    sweep()
    limit = Math.max(MAX_CLOSED, 2 * sockets.size)
  })

  function report(): void {
    sweep()
    const { record } = announced()
    const line: Report = {
      pid: process.pid,
      thread: threadId,
      command: process.argv,
      sockets: [
        ...closed.map((stats) => ({ ...stats, isOpen: false })),
        ...[...sockets].map(({ stats }) => ({ ...stats, isOpen: true })),
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

function isClosed(socket: Socket): boolean {
  try {
    socket.address()
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_SOCKET_DGRAM_NOT_RUNNING'
  }
}

function sumOf(a: SocketStats, b: SocketStats): SocketStats {
  const failed: Record<string, number> = { ...a.failed }
  for (const [code, count] of Object.entries(b.failed)) failed[code] = (failed[code] ?? 0) + count
  const plus = (
    key:
      | 'received'
      | 'receivedBytes'
      | 'sent'
      | 'sentBytes'
      | 'unsent'
      | 'unread'
      | 'receiveErrors',
  ) => a[key] + b[key]
  return {
    transport: a.transport === b.transport ? a.transport : 'dgram',
    local: undefined,
    received: plus('received'),
    receivedBytes: plus('receivedBytes'),
    sent: plus('sent'),
    sentBytes: plus('sentBytes'),
    failed,
    unsent: plus('unsent'),
    unread: plus('unread'),
    receiveErrors: plus('receiveErrors'),
    refused: a.refused === undefined || b.refused === undefined ? undefined : a.refused + b.refused,
    kernelDrops:
      a.kernelDrops && b.kernelDrops ? sumOfBounds([a.kernelDrops, b.kernelDrops]) : undefined,
    impairment: undefined,
  }
}
