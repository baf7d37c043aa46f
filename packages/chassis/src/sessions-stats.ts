/** Datagrams and letters that were dropped, by reason. */
export type SessionsDrops = {
  /** From a new client, while all candidates for eviction were too new, or `capacity` sessions were still ending. */
  noRoom: number
  /** From a new client, while the system was out of descriptors, ports or memory. */
  shortage: number
  /** Received while the inbox of the child was full, or pushed out of it by a newer datagram. */
  sessionFull: number
  /** Received, but the child ended before it took them. */
  unread: number
  /** Received, but the session failed before the child took them: its child could not be made, or failed. */
  failed: number
  /** Sent by a child, but the session was shut down before there was room in `outbox`. */
  unsent: number
}

/**
 * What became of every session, and of every datagram, of a `Sessions`. At every moment:
 *
 * `received = passed +` all `undelivered`;
 * `passed =` what the children took `+` what is queued in their inboxes `+` what was dropped from there;
 * and what the children sent `= sent + unsent +` what is queued for room in `outbox`.
 */
export interface SessionsStats {
  /** Sessions that started. */
  started: number
  /** Those of them that have ended, whatever the reason. */
  ended: number
  /** Sessions that were asked to finish because no datagram had come or gone for `idleMs`. */
  idle: number
  /** Sessions that were asked to finish to make room for another client. */
  evicted: number
  /** Sessions that ended because their child failed, or could not be made. */
  failed: number
  /** Datagrams taken from `inbox`. What is left there at the end counts as dropped there. */
  received: number
  /** Datagrams put into the inbox of a child. */
  passed: number
  /** Letters sent on `outbox`. */
  sent: number
  /** Datagrams and letters dropped, by reason. */
  dropped: SessionsDrops
  /** The received datagrams that were not put into the inbox of a child. */
  undelivered: SessionsDrops
  /** Reports that `starts`, `ends` or `errors` could not send, because the inbox behind it was full. */
  lostReports: number
}

/** Returns new counters for a `Sessions`, all 0. */
export function noStats(): SessionsStats {
  return {
    started: 0,
    ended: 0,
    idle: 0,
    evicted: 0,
    failed: 0,
    received: 0,
    passed: 0,
    sent: 0,
    dropped: noDrops(),
    undelivered: noDrops(),
    lostReports: 0,
  }
}

function noDrops(): SessionsDrops {
  return { noRoom: 0, shortage: 0, sessionFull: 0, unread: 0, failed: 0, unsent: 0 }
}
