/**
 * Details of a received datagram, from its IP header and from the kernel. A peer with the option `details` emits them.
 * Datagrams that arrived as one packet (UDP_GRO) share them.
 *
 * @see ip(7), IP_PKTINFO and IP_RECVTOS; ipv6(7), IPV6_PKTINFO; RFC 3542; socket(7), SO_TIMESTAMPNS
 */
export interface DatagramDetails {
  /**
   * The address that it was sent to: an IP literal, written as senders are. On an IPv6 socket an IPv4 address is
   * `::ffff:192.0.2.1`, and a link-local one has its zone. For multicast it is the group, for broadcast the broadcast address.
   */
  readonly local: string
  /** Whether `local` belongs to this host alone, so that a reply can be sent from it: not a group or broadcast address. */
  readonly unicast: boolean
  /** The name of the network interface that it arrived on, such as `eth0`; empty if the system does not know it (any more). */
  readonly interface: string
  /**
   * The time at which the kernel received it, milliseconds since the epoch, with a fraction. Linux takes the time only while a socket asks
   * for it: a datagram that arrives just when the first one does has the time at which it is read. In a simulation, the virtual time.
   */
  readonly receivedAt: number
  /** The ECN bits of its IP header: 0 not ECN-capable, 1 ECT(1), 2 ECT(0), 3 congestion experienced (RFC 3168 section 5). */
  readonly ecn: 0 | 1 | 2 | 3
}

/** Returns whether a value has all members of `DatagramDetails`, of their types. Never throws. */
export function isDetails(value: unknown): value is DatagramDetails {
  try {
    const { local, unicast, interface: name, receivedAt, ecn } = value as DatagramDetails
    return (
      typeof local === 'string' &&
      typeof unicast === 'boolean' &&
      typeof name === 'string' &&
      Number.isFinite(receivedAt) &&
      [0, 1, 2, 3].includes(ecn)
    )
  } catch {
    return false
  }
}

/**
 * Returns the address that a reply should be sent from, so that it comes from where the datagram was sent to: `local`;
 * undefined without details, and if that is a group or broadcast address. Then the system chooses.
 */
export function replySource(details: DatagramDetails | undefined): string | undefined {
  return details?.unicast ? details.local : undefined
}
