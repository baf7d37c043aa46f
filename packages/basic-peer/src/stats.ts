import type { Bounds } from '@udpng/core'

export type { Bounds }

/** Counters for every outcome of a peer's datagrams. */
export interface PeerStats {
  /** Datagrams read from the socket, and their bytes. */
  received: number
  receivedBytes: number
  /** Datagrams the system accepted, and their bytes. */
  sent: number
  sentBytes: number
  /** Messages that could not be sent, by reason: the system's code, such as `ENETUNREACH`, or ours, such as `BAD_MESSAGE`. */
  failed: Record<string, number>
  /** Datagrams dropped, by reason. */
  dropped: {
    /** Queued, and not sent before the peer ended. */
    unsent: number
    /** Received, but the peer ended before it could emit it, or never emits anything. */
    unread: number
    /** Received while the transport's read buffer was full, because the peer did not take datagrams. */
    readBufferFull: number
    /** To a name, while the maximum of letters waits for look-ups. */
    lookupQueueFull: number
    /** Received from an address that is not the receiver's, with `onlyFromReceiver`. */
    foreign: number
  }
  /** Reads that failed, and datagrams that were cut off. ICMP errors are counted in `refused`. */
  receiveErrors: number
  /**
   * Datagrams that the network reported undeliverable (ICMP: port, host or network unreachable, and others). They are in `sent`, too. At
   * least, because networks need not report, and kernels limit how often they do. A forged report looks the same. Undefined
   * where the transport does not receive such reports: on `node:dgram`.
   */
  refused: number | undefined
  /** Reports that found `errors` full. */
  lostReports: number
  /**
   * Datagrams the kernel dropped at this socket, usually because its receive buffer was full. It is exact, all
   * three numbers equal, but where the kernel coalesces what it delivers (`@udpng/native`) and `exactDrops` is not set.
   * Undefined where the system does not report drops.
   */
  kernelDrops: Bounds | undefined
}

/** Returns new counters for a peer and its transport, all 0. */
export function noStats(): PeerStats {
  return {
    received: 0,
    receivedBytes: 0,
    sent: 0,
    sentBytes: 0,
    failed: {},
    dropped: { unsent: 0, unread: 0, readBufferFull: 0, lookupQueueFull: 0, foreign: 0 },
    receiveErrors: 0,
    refused: undefined,
    lostReports: 0,
    kernelDrops: undefined,
  }
}
