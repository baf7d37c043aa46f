/*
 * Constants of the Linux kernel interface, the same on x64 and arm64.
 *
 * @see socket(7), ip(7), ipv6(7), udp(7)
 */
export const SOL_SOCKET = 1
export const SO_REUSEADDR = 2
export const SO_BROADCAST = 6
export const SO_SNDBUF = 7
export const SO_RCVBUF = 8
export const SO_REUSEPORT = 15
export const SO_TIMESTAMPNS = 35
/** Nine uint32 about the memory of a socket; the last one is the number of dropped packets. */
export const SO_MEMINFO = 55

export const IPPROTO_IP = 0
export const IP_TOS = 1
export const IP_TTL = 2
export const IP_PKTINFO = 8
export const IP_MTU_DISCOVER = 10
export const IP_RECVERR = 11
export const IP_RECVTOS = 13
export const IP_MULTICAST_IF = 32
export const IP_MULTICAST_TTL = 33
export const IP_MULTICAST_LOOP = 34
export const IP_MULTICAST_ALL = 49

export const IPPROTO_IPV6 = 41
export const IPV6_UNICAST_HOPS = 16
export const IPV6_MULTICAST_IF = 17
export const IPV6_MULTICAST_HOPS = 18
export const IPV6_MULTICAST_LOOP = 19
export const IPV6_MTU_DISCOVER = 23
export const IPV6_RECVERR = 25
export const IPV6_V6ONLY = 26
export const IPV6_MULTICAST_ALL = 29
export const IPV6_RECVPKTINFO = 49
export const IPV6_RECVTCLASS = 66
export const IPV6_TCLASS = 67

/** Values of IP_MTU_DISCOVER: fragment what is too large, which is the default; or refuse it. */
export const PMTUDISC_WANT = 1
export const PMTUDISC_DO = 2

/** Options of IPPROTO_IP and of IPPROTO_IPV6. */
export const MCAST_JOIN_GROUP = 42
export const MCAST_LEAVE_GROUP = 45
export const MCAST_JOIN_SOURCE_GROUP = 46
export const MCAST_LEAVE_SOURCE_GROUP = 47

export const SOL_UDP = 17
export const UDP_SEGMENT = 103
export const UDP_GRO = 104

export const EPERM = 1
export const EIO = 5
export const EAGAIN = 11
export const ENOSYS = 38
export const EMSGSIZE = 90
