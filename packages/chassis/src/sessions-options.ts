import { UdpngError } from '@udpng/core'

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

const DEFAULT_IDLE_MS = 60_000
const DEFAULT_CAPACITY = 1024
/** Of the places, the part that one host may keep by default: one in this many. */
const DEFAULT_HOSTS = 4
const ON_CHILD_FAILURE: readonly unknown[] = ['isolate', 'stop']

/**
 * Checks options, and fills in the defaults.
 *
 * @throws {UdpngError} `BAD_OPTION` for an unknown option or a wrong value
 */
export function checkOptions(options: SessionsOptions): Required<SessionsOptions> {
  demand(Object(options) === options, 'options', options, 'an object')
  const {
    idleMs = DEFAULT_IDLE_MS,
    capacity = DEFAULT_CAPACITY,
    perHost = Math.ceil(capacity / DEFAULT_HOSTS),
    onChildFailure = 'isolate',
    ...others
  } = options
  const [other] = Object.keys(others)
  if (other !== undefined)
    throw new UdpngError(
      'BAD_OPTION',
      `Sessions has no option ${other}; it has idleMs, capacity, perHost and onChildFailure`,
    )
  demand(
    typeof idleMs === 'number' && idleMs >= 1,
    'idleMs',
    idleMs,
    'a number >= 1 of milliseconds, or Infinity',
  )
  demand(isCount(capacity), 'capacity', capacity, 'a whole number >= 1')
  demand(isCount(perHost), 'perHost', perHost, 'a whole number >= 1')
  demand(
    ON_CHILD_FAILURE.includes(onChildFailure),
    'onChildFailure',
    onChildFailure,
    '"isolate" or "stop"',
  )
  return { idleMs, capacity, perHost, onChildFailure }
}

/** @throws {UdpngError} `BAD_OPTION` when it is not `ok` */
export function demand(ok: boolean, what: string, value: unknown, must: string): void {
  if (!ok) throw new UdpngError('BAD_OPTION', `${what} is ${String(value)}; it must be ${must}`)
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1
}
