/*
 * Errors of a connected socket that ICMP messages are the reason of: icmp_err_convert in net/ipv4/icmp.c and icmpv6_err_convert in
 * net/ipv6/icmp.c of Linux.
 */

/** Errors that a send can also have for a reason of its own: no route, too large, not permitted. */
const OF_SEND: readonly unknown[] = ['ENETUNREACH', 'EHOSTUNREACH', 'EMSGSIZE', 'EACCES']
const OF_NETWORK: readonly unknown[] = [
  'ECONNREFUSED',
  'ENOPROTOOPT',
  'EPROTO',
  'EOPNOTSUPP',
  'EHOSTDOWN',
  'ENONET',
]

/** Whether an ICMP message can be the reason of this error. */
export function isOfNetwork(error: NodeJS.ErrnoException): boolean {
  return OF_NETWORK.includes(error.code) || isOfSend(error)
}

/** Whether a send can have this error for a reason of its own, too. */
export function isOfSend(error: NodeJS.ErrnoException): boolean {
  return OF_SEND.includes(error.code)
}
