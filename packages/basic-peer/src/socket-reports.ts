import type { ErrorCode, ErrorDetails } from '@udpng/core'
import { type Address, byteLengthOf, formatAddress } from '@udpng/datagram'
import { detailsOf } from './system-error.js'
import type { Membership, Parcel } from './transport.js'

/** An error on the outbox `errors`. */
export type Report = readonly [code: ErrorCode, message: string, details: ErrorDetails]

/** A parcel was taken and could not be sent. */
export function sendFailed({ host, port, data }: Parcel, cause: unknown): Report {
  const { code, syscall, message } = detailsOf(cause)
  const where = formatAddress([host, port])
  return [
    code === 'EMSGSIZE' ? 'TOO_LARGE' : 'SEND_FAILED',
    `cannot send ${byteLengthOf(data)} bytes to ${where}: ${message}`,
    { address: host, port, cause, syscall },
  ]
}

/** The network reported that a datagram was undeliverable. */
export function refused([host, port]: Address, cause: NodeJS.ErrnoException): Report {
  const why = cause.code === 'ECONNREFUSED' ? 'no program listens on that port' : cause.message
  return [
    'REFUSED',
    `${formatAddress([host, port])} refused a datagram: ${why}`,
    { address: host, port, cause },
  ]
}

/** The interface of a membership is gone. */
export function membershipLost({ group }: Membership, cause: Error): Report {
  const { message } = detailsOf(cause)
  return [
    'MEMBERSHIP_FAILED',
    `left the multicast group ${group}: ${message}; the peer joins again when the interface is back`,
    { address: group, cause },
  ]
}
