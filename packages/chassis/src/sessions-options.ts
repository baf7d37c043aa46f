import { checkOptions, number, type OptionTable, oneOf, whole } from '@udpng/core/options'

/** Options of a Sessions: all optional. */
export interface SessionsOptions {
  /**
   * Idle timeout of a session without a datagram in either direction, milliseconds: a number >= 1, or `Infinity` for none
   * (default 60 000).
   */
  readonly idleMs?: number
  /** Maximum number of sessions: a whole number >= 1 (default 1024). */
  readonly capacity?: number
  /**
   * Number of sessions that one host may keep when all places are taken: a whole number >= 1 (default: a quarter of `capacity`).
   * Sessions of a host with more are evicted first. An IPv6 host is a /64 network.
   */
  readonly perHost?: number
  /**
   * The effect of a child's failure. `"isolate"` (default): it ends only its session. `"stop"`: `onFailure` of the scheduler
   * decides.
   */
  readonly onChildFailure?: 'isolate' | 'stop'
}

/** `perHost` is `capacity` divided by this number by default. */
const DEFAULT_HOSTS = 4
const OPTIONS = {
  idleMs: {
    kind: number,
    unit: 'milliseconds',
    min: 1,
    max: Infinity,
    default: 60_000,
  },
  capacity: {
    kind: whole,
    unit: 'sessions',
    min: 1,
    default: 1024,
  },
  perHost: {
    kind: whole,
    unit: 'sessions',
    min: 1,
  },
  onChildFailure: {
    kind: oneOf,
    values: ['isolate', 'stop'],
    default: 'isolate',
  },
} as const satisfies OptionTable<SessionsOptions>

/**
 * Checks options, and fills in the defaults.
 *
 * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option
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
