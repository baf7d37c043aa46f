/** Numbers of dropped datagrams and letters, by reason. */
export type SessionsDrops = {
  /** From a new client, while no session could be evicted, or `capacity` sessions were still ending. */
  noRoom: number
  /** From a new client, while the system was out of descriptors, ports or memory. */
  shortage: number
  /** Received while the inbox of the child was full, or evicted from it by a newer datagram. */
  sessionFull: number
  /** Received, but the child ended before it took them. */
  unread: number
  /** Received, but the session failed before the child took them: the child could not be created, or failed. */
  failed: number
  /** Sent by a child, but the session was shut down before there was room in `outbox`. */
  unsent: number
}

/**
 * The counters of all sessions and datagrams of a `Sessions`. At every moment:
 *
 * - `received = passed +` all `undelivered`
 * - `passed =` datagrams that the children took `+` those queued in their inboxes `+` those dropped from there
 * - letters that the children sent `= sent + unsent +` those waiting for room in `outbox`
 */
export interface SessionsStats {
  /** Sessions that started. */
  started: number
  /** Sessions that have ended, for any reason. */
  ended: number
  /** Sessions asked to finish because they were idle for `idleMs`. */
  idle: number
  /** Sessions asked to finish to make room for another client. */
  evicted: number
  /** Sessions that ended because their child failed, or could not be created. */
  failed: number
  /** Datagrams taken from `inbox`. The inbox itself counts those left in it at the end as dropped. */
  received: number
  /** Datagrams put into the inbox of a child. */
  passed: number
  /** Letters sent on `outbox`. */
  sent: number
  /** Datagrams and letters dropped, by reason. */
  dropped: SessionsDrops
  /** Received datagrams that were not put into the inbox of a child, by reason. */
  undelivered: SessionsDrops
  /** Reports on `starts`, `ends` or `errors` that were dropped because the inbox was full. */
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
