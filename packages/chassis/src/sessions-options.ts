import { checkOptions, number, type OptionTable, oneOf, whole } from '@udpng/core/options'

/** Options of a Sessions: all optional. */
export interface SessionsOptions {
  /**
   * A session ends when no datagram has come or gone for this time, milliseconds: a number >= 1; with `Infinity` it never
   * does (default 60 000).
   */
  readonly idleMs?: number
  /** Maximum number of sessions: a whole number >= 1 (default 1024). */
  readonly capacity?: number
  /**
   * Sessions that one host may keep when all places are taken: a whole number >= 1 (default a quarter of `capacity`). A
   * host with more gives up its own sessions first. An IPv6 host is a /64 network.
   */
  readonly perHost?: number
  /**
   * What the failure of a child does: end its session alone (`"isolate"`, the default), or what `onFailure` of the
   * scheduler says (`"stop"`).
   */
  readonly onChildFailure?: 'isolate' | 'stop'
}

/** Default share of the places that one host may keep: one in this many. */
const DEFAULT_HOSTS = 4
const OPTIONS = {
  idleMs: {
    kind: number,
    unit: 'milliseconds',
    min: 1,
    max: Infinity,
    default: 60_000,
    text: 'a session without a datagram for this time ends',
  },
  capacity: {
    kind: whole,
    unit: 'sessions',
    min: 1,
    default: 1024,
    text: 'maximum number of sessions',
  },
  perHost: {
    kind: whole,
    unit: 'sessions',
    min: 1,
    text: 'sessions that one host may keep when all places are taken (default: a quarter of capacity)',
  },
  onChildFailure: {
    kind: oneOf,
    values: ['isolate', 'stop'],
    default: 'isolate',
    text: 'what the failure of a child does: end its session alone, or what onFailure of the scheduler says',
  },
} as const satisfies OptionTable<SessionsOptions>

/**
 * Checks options, and fills in the defaults.
 *
 * @throws {UdpngError} `BAD_OPTION` for an unknown option or a wrong value
 */
export function settle(options: SessionsOptions | undefined): Required<SessionsOptions> {
  const {
    idleMs = OPTIONS.idleMs.default,
    capacity = OPTIONS.capacity.default,
    perHost = Math.ceil(capacity / DEFAULT_HOSTS),
    onChildFailure = OPTIONS.onChildFailure.default,
  } = checkOptions('create Sessions', OPTIONS, options)
  return { idleMs, capacity, perHost, onChildFailure }
}
