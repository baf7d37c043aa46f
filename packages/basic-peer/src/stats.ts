import type { Bounds } from '@udpng/core'

export type { Bounds }

/** Counts the outcomes of a peer's datagrams. */
export interface PeerStats {
  /** Datagrams read from the socket, and their bytes. */
  received: number
  receivedBytes: number
  /** Datagrams that the system accepted, and their bytes. */
  sent: number
  sentBytes: number
  /** Messages that could not be sent, by reason: the system's code, such as `ENETUNREACH`, or an ErrorCode, such as `BAD_MESSAGE`. */
  failed: Record<string, number>
  /** Datagrams dropped, by reason. */
  dropped: {
    /** Queued, but not sent before the peer ended. */
    unsent: number
    /** Received, but the peer ended before it could emit them, or has no `outbox`. */
    unread: number
    /** Received while the transport's read buffer was full, because the peer did not take datagrams. */
    readBufferFull: number
    /** Letters to a name, while the maximum number of letters waited for look-ups. */
    lookupQueueFull: number
    /** Received from another address than the receiver's, with `onlyFromReceiver`. */
    foreign: number
  }
  /** Failed reads, and truncated datagrams. ICMP errors are counted in `refused`. */
  receiveErrors: number
  /**
   * Datagrams that the network reported as undeliverable (ICMP: port, host or network unreachable, and others). They are also in
   * `sent`. A lower bound, because networks need not report, and kernels limit the rate of reports. A forged report looks the same.
   * Undefined if the transport does not receive such reports, as `node:dgram`.
   */
  refused: number | undefined
  /** Reports dropped because the inbox behind `errors` was full or threw. */
  lostReports: number
  /**
   * Datagrams that the kernel dropped at this socket, usually because its receive buffer was full. Exact, with all
   * three numbers equal, unless the kernel coalesces datagrams (`@udpng/native` without `exactDrops`).
   * Undefined if the system does not report drops.
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
