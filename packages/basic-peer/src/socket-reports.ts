import type { ErrorCode, ErrorDetails } from '@udpng/core'
import { type Address, byteLengthOf, formatAddress, isUnixPath } from '@udpng/datagram'
import { detailsOf } from './system-error.js'
import type { Membership, Parcel } from './transport.js'

/** An error on the outbox `errors`. */
export type Report = readonly [code: ErrorCode, message: string, details: ErrorDetails]

/** The errors of Linux for a source address that the host does not have: EINVAL or, on IPv4, ENETUNREACH. */
const BAD_SOURCE = /^(EINVAL|ENETUNREACH)$/

/** Why a Unix socket did not get a datagram, by the system's code. */
const UNIX_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'no program listens on that socket',
  ENOENT: 'there is no such socket',
  EPROTOTYPE: 'it is not a datagram socket',
  EACCES: 'this user may not write to it',
}

/** A parcel was taken and could not be sent. */
export function sendFailed({ host, port, data, local }: Parcel, cause: unknown): Report {
  const { code, syscall, message } = detailsOf(cause)
  const where = formatAddress([host, port])
  const why = (isUnixPath(host) && UNIX_REASONS[String(code)]) || message
  const from = local === undefined ? '' : ` from ${local}`
  const advice =
    from && BAD_SOURCE.test(String(code)) ? `; check that ${local} is an address of this host` : ''
  return [
    code === 'EMSGSIZE' ? 'TOO_LARGE' : 'SEND_FAILED',
    `cannot send ${byteLengthOf(data)} bytes${from} to ${where}: ${why}${advice}`,
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
