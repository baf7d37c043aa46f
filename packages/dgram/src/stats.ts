import type { Bounds, PeerStats } from '@udpng/basic-peer'
import type { Address } from '@udpng/datagram'
import type { Impairment } from './bound-channel.js'

/** What became of the datagrams of a socket. */
export interface SocketStats {
  /** What moves the datagrams: batched system calls, or `node:dgram` itself. */
  readonly transport: 'native' | 'dgram'
  /** The address that it was bound to; undefined before the bind. */
  readonly local: Address | undefined
  /** Datagrams emitted by the socket, and their bytes. */
  readonly received: number
  readonly receivedBytes: number
  /** Datagrams that the system accepted, and their bytes. */
  readonly sent: number
  readonly sentBytes: number
  /** Datagrams that could not be sent, by the system's code, such as `ENETUNREACH`. */
  readonly failed: Readonly<Record<string, number>>
  /** Datagrams that waited for a full send buffer when the socket was closed. */
  readonly unsent: number
  /** Datagrams that were read, but not emitted before the socket was closed. */
  readonly unread: number
  /** Reads that failed. */
  readonly receiveErrors: number
  /** ICMP errors of a connected socket; undefined on `node:dgram`. */
  readonly refused: number | undefined
  /** Datagrams that the kernel dropped at this socket, because its receive buffer was full; undefined on `node:dgram`. */
  readonly kernelDrops: Bounds | undefined
  /** What a simulated bad network did with the datagrams (`@udpng/dgram/impair`); undefined without one. */
  readonly impairment: Impairment | undefined
}

/** Returns a copy of the counters. */
export function statsOf(
  socket: Pick<SocketStats, 'transport' | 'local' | 'impairment'>,
  { received, receivedBytes, sent, sentBytes, failed, dropped, receiveErrors, refused }: PeerStats,
  kernelDrops: Bounds | undefined,
): SocketStats {
  return {
    ...structuredClone(socket),
    received,
    receivedBytes,
    sent,
    sentBytes,
    failed: { ...failed },
    unsent: dropped.unsent,
    unread: dropped.unread,
    receiveErrors,
    refused,
    kernelDrops,
  }
}
