/** The code of an error, to match on. */
export type ErrorCode =
  | 'BAD_OPTION'
  | 'BAD_ACTIVATION'
  | 'BAD_LINK'
  | 'BAD_ADDRESS'
  | 'BAD_MESSAGE'
  | 'BOX_FULL'
  | 'BOX_ALREADY_LINKED'
  | 'COMPONENT_FAILED'
  | 'BIND_FAILED'
  | 'NOT_BOUND'
  | 'NO_RECEIVER'
  | 'TOO_LARGE'
  | 'LOOKUP_FAILED'
  | 'SEND_FAILED'
  | 'REFUSED'
  | 'BUFFER_CLAMPED'
  | 'MEMBERSHIP_FAILED'
  | 'OPTION_FAILED'
  | 'UNSUPPORTED'
  | 'TRANSPORT_FAILED'
  | 'TRANSFORM_FAILED'
  | 'SESSION_FAILED'
  | 'SIMULATION_FAILED'

/** The context of an error, as far as known. */
export interface ErrorDetails {
  /** The cause: the system error, or the value that was thrown. */
  readonly cause?: unknown
  /** Name of the component, such as `ROOMS/203.0.113.7:4242/PARSE`. */
  readonly component?: string | undefined
  /** Name of the box: its field, or its description while its owner is not known. */
  readonly box?: string | undefined
  /** Host name or IP address. */
  readonly address?: string | undefined
  /** UDP port. */
  readonly port?: number | undefined
  /** The system call that failed, such as `bind`. */
  readonly syscall?: string | undefined
}

/**
 * Reports a failure: match on `code`; `message` says what happened, where, and what to do; `cause` is the system error or the
 * thrown value, if any. udpng has no other error class.
 */
export class UdpngError extends Error {
  declare readonly code: ErrorCode
  declare component?: string | undefined
  declare readonly box?: string | undefined
  declare readonly address?: string | undefined
  declare readonly port?: number | undefined
  declare readonly syscall?: string | undefined

  /**
   * @param code - the code to match on
   * @param message - what happened, where, and what to do
   * @param details - the context and the cause, as far as known
   */
  constructor(code: ErrorCode, message: string, details?: ErrorDetails) {
    super(message, details)
    Object.assign(this, details)
    this.name = 'UdpngError'
    this.code = code
  }
}

/** @internal Calls a function whose errors must not affect its caller. */
export function quietly(call: () => unknown): void {
  try {
    call()
  } catch {
    // errors of the function are its provider's
  }
}
