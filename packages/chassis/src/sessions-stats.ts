/** What became of every session, and of every datagram, of a `Sessions`. */
export interface SessionsStats {
  /** Sessions that started. */
  started: number
  /** Those of them that have ended, whatever the reason. */
  ended: number
  /** Sessions that were told to end because nothing had come or gone for `idleMs`. */
  idle: number
  /** Sessions that were told to end to make room for another source. */
  evicted: number
  /**
   * Datagrams taken from `inbox`: those that the children took or may still take, and those dropped. What is left in
   * `inbox` at the end counts as dropped there.
   */
  received: number
  /** Letters sent on `outbox`. */
  sent: number
  /** Datagrams dropped, by reason. */
  dropped: {
    /** Of a new source, while all sessions there may be were too new to be evicted, or still ending. */
    noRoom: number
    /** Received while the inbox of their session was full, or pushed out of it by a newer one. */
    sessionFull: number
    /** Received, but their session ended, or failed, before it took them. */
    unread: number
    /** Sent by a child, but the session was shut down before there was room in `outbox`. */
    unsent: number
  }
  /** Sources that `starts` or `ends` could not tell of, because the inbox behind it was full. */
  lostReports: number
}

/** Where a `Sessions` counts. */
export function noStats(): SessionsStats {
  return {
    started: 0,
    ended: 0,
    idle: 0,
    evicted: 0,
    received: 0,
    sent: 0,
    dropped: { noRoom: 0, sessionFull: 0, unread: 0, unsent: 0 },
    lostReports: 0,
  }
}
