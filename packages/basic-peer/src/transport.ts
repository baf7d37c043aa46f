import type { Address, Datagram, Family } from '@udpng/datagram'
import type { Bounds, PeerStats } from './stats.js'

/** One datagram to send and its destination. The host is an IP literal of the socket's family. */
export interface Parcel {
  readonly data: Uint8Array
  readonly host: string
  readonly port: number
  /** The address of this host to send it from: an IP literal of the socket's family (default: that of the socket, or the system's choice). */
  readonly local?: string
}

/** The membership of a socket in a multicast group. */
export interface Membership {
  /** The group: an IP literal of the socket's family. */
  readonly group: string
  /** The interface, by name or by address (default: that of the multicast options, otherwise the system's choice). */
  readonly interface?: string
  /** Receive only what this host sends to the group: an IP literal (source-specific multicast, RFC 4607; default: all senders). */
  readonly source?: string
  /** If there is no such interface, wait for it and join when it comes (default false: that is an error). */
  readonly wait?: boolean
}

/** Options for sending to multicast groups, with the names of `node:dgram`. */
export interface SendingMulticastOptions {
  /** The interface to send on, by name or by address (default: the system's choice). */
  readonly interface?: string
  /** Maximum number of hops, 0-255; 0 keeps datagrams on this host (default 1). */
  readonly ttl?: number
  /** Whether this host also receives its datagrams to a joined group (default true). */
  readonly loopback?: boolean
}

/** Multicast options. Memberships without an interface use the one to send on. */
export interface MulticastOptions extends SendingMulticastOptions {
  /** Groups to join: IP literals, or memberships. */
  readonly groups?: readonly (string | Membership)[]
}

/** Options that an open socket can change. */
export interface ChangeableOptions {
  /** Allow sending to broadcast addresses. */
  readonly broadcast?: boolean
  /** Maximum number of hops, 1-255. */
  readonly ttl?: number
  /** DSCP, 0-63. */
  readonly dscp?: number
  /** ECN bits, 0-3. */
  readonly ecn?: number
  /** Never fragment. */
  readonly dontFragment?: boolean
  readonly multicast?: SendingMulticastOptions
}

/** Options of a socket that every transport supports, with the names of `node:dgram`. */
export interface SocketOptions {
  /** Share the address with other sockets that have this option (SO_REUSEADDR; default false). */
  readonly reuseAddr?: boolean
  /** Share the address; the kernel distributes the senders (SO_REUSEPORT; default false). */
  readonly reusePort?: boolean
  /** Disable IPv4 on an IPv6 socket (default false: dual stack). */
  readonly ipv6Only?: boolean
  /** Size of the kernel's receive buffer, bytes (default: the system's). */
  readonly recvBufferSize?: number
  /** Size of the kernel's send buffer, bytes (default: the system's). */
  readonly sendBufferSize?: number
  /** Allow sending to broadcast addresses (default false). */
  readonly broadcast?: boolean
  /** Maximum number of hops, 1-255 (default: the system's, usually 64). */
  readonly ttl?: number
  /** Differentiated services code point of sent datagrams, 0-63 (RFC 2474; default 0). Needs `@udpng/native`. */
  readonly dscp?: number
  /** ECN bits of sent datagrams, 0-3 (RFC 3168; default 0). Needs `@udpng/native`. */
  readonly ecn?: number
  /**
   * Never fragment: a datagram that is larger than the path allows fails with EMSGSIZE (default false: the system fragments it). Needs
   * `@udpng/native`.
   *
   * @see ip(7), IP_MTU_DISCOVER
   */
  readonly dontFragment?: boolean
  readonly multicast?: MulticastOptions
  /**
   * Count kernel drops exactly (default false). `@udpng/native` then does not enable coalescing in the kernel (UDP_GRO), and a
   * single flow of small datagrams is read more slowly, see bench/README.md. No effect on other transports, which
   * count exactly or not at all.
   */
  readonly exactDrops?: boolean
}

/** The options of `DatagramTransport.open`. */
export interface OpenOptions extends SocketOptions {
  readonly family: Family
  /** IP literal to bind to. */
  readonly host: string
  /** Port to bind to; 0 means any free one. */
  readonly port: number
  /**
   * The descriptor of an open, bound UDP socket of this family to take over; `host` and `port` are then not used. It belongs to
   * the socket from then on, also if `open` throws: the caller must neither use nor close it.
   */
  readonly fd?: number | undefined
  /**
   * An IP literal and a port to connect the bound socket to. It then receives only datagrams from there, and every parcel has this
   * address as its destination. `address` is the local address that is used to reach it. A transport that gets ICMP errors only on
   * connected sockets counts them in `stats.refused`.
   */
  readonly peer?: Address | undefined
  /** Whether `read` returns each datagram with its `DatagramDetails` (default false). */
  readonly details?: boolean
  /** False if `read` will not be called: datagrams that arrive are counted as unread and discarded. */
  readonly receive: boolean
  /**
   * The counters of the transport: `sent` and `sentBytes` when the system has accepted a parcel,
   * `receiveErrors`, `refused`, `dropped.readBufferFull`, and `dropped.unread`.
   */
  readonly stats: PeerStats
  /**
   * Gets each parcel that was taken but could not be sent, with the system's error. It is called once for each such parcel:
   * inside `send`, or at any later time, even inside and after `close` (with ECANCELED). It may send on and close this socket and
   * others; it must not throw.
   */
  onFailed(parcel: Parcel, error: NodeJS.ErrnoException): void
  /**
   * Gets the destination of the last datagram that the network reported as undeliverable, and the error: ECONNREFUSED,
   * EHOSTUNREACH and others of icmp(7). It is called at most once for each batch of reports, however many were counted in
   * `stats.refused`; never by a transport that leaves that undefined. It follows the rules of `onFailed`.
   */
  onRefused?(address: Address, error: NodeJS.ErrnoException): void
  /**
   * Gets a membership whose interface is gone, and the reason; the transport joins again when the interface comes back. It follows
   * the rules of `onFailed`.
   */
  onMembershipLost?(membership: Membership, error: Error): void
  /** Called when `pending` has dropped to 0, outside of `send`. */
  onSettled(): void
}

/** The options of `DatagramTransport.openUnix`: those of `open` that apply to Unix datagram sockets, and the address. */
export interface UnixOpenOptions
  extends Pick<
    OpenOptions,
    'sendBufferSize' | 'receive' | 'stats' | 'onFailed' | 'onRefused' | 'onSettled'
  > {
  /**
   * The address to bind to: an absolute path, where the socket creates a file and removes it when it is closed; or `@name`, an abstract
   * address. Empty: the system chooses an abstract address if `receive` is true; otherwise the socket has none.
   */
  readonly path: string
}

/** The operation that a socket is ready for. */
export type Readiness = 'read' | 'write'

/** A socket that a Selector can watch. */
export interface Selectable {
  /**
   * Requests one call of `notify` when a datagram can be read (even if it is already queued) or a parcel can be sent. The call
   * comes soon, but never inside `watch`. A new request replaces the old one; undefined cancels it.
   */
  watch(readiness: Readiness, notify: (() => void) | undefined): void
}

/** An open, bound UDP socket. */
export interface DatagramSocket extends Selectable {
  /** The local address, with the assigned port for port 0. */
  readonly address: Address
  /** Size of the kernel's receive buffer as granted, bytes; undefined if the system does not report it. */
  readonly recvBufferSize: number | undefined
  /** Number of parcels taken whose outcome is not known yet. */
  readonly pending: number
  /** Datagrams that the kernel dropped at this socket, valid even after `close`; undefined if the kernel does not report them. */
  readonly kernelDrops: Bounds | undefined
  /**
   * Reads at most `max` datagrams without blocking; fewer if no more are queued. Each Buffer has an ArrayBuffer of its own, which
   * holds exactly the datagram's bytes and belongs to the reader from then on.
   */
  read(max: number): readonly Datagram[]
  /**
   * Sends the parcels in order, until all are taken or the socket would block. A parcel that was taken is
   * sent, or passed to `onFailed`; the others are neither sent nor lost.
   *
   * @returns the number of parcels taken, counted from the first
   */
  send(run: readonly Parcel[]): number
  /** Closes the socket at once; no notice comes afterwards. Safe at any time, even twice. */
  close(): void
  /**
   * Joins a multicast group. If the membership names an interface that goes away, the transport joins again within 2 s after the
   * interface has come back.
   *
   * @throws EADDRINUSE if it has joined already; the system's error, such as ENODEV, or an `Error` for an unknown interface
   */
  join?(membership: Membership): void
  /**
   * Leaves a multicast group.
   *
   * @throws EADDRNOTAVAIL if it has not joined; the system's error
   */
  leave?(membership: Membership): void
  /**
   * Changes the given options; the others keep their values.
   *
   * @throws the system's error for the first one that is refused: those before it, in the order of `ChangeableOptions`, are changed
   */
  setOptions?(options: ChangeableOptions): void
  /** Sets whether the open socket keeps the process alive (at first, it does). */
  keepAlive?(keeps: boolean): void
}

/**
 * What a transport can do in addition to opening sockets that send and receive:
 *
 * - `connect`: it accepts the option `peer`;
 * - `descriptor`: it accepts the option `fd`;
 * - `details`: it accepts the option of this name;
 * - `dontFragment`: it accepts the option of this name;
 * - `keepAlive`: its sockets have `keepAlive`;
 * - `memberships`: its sockets have `join` and `leave`, and accept a `Membership` in `multicast.groups`;
 * - `ownGroups`: a socket gets only datagrams of groups that it has joined. Without it, Linux gives a socket those of all groups
 *   that any program on the host has joined (IP_MULTICAST_ALL);
 * - `setOptions`: its sockets have `setOptions`;
 * - `sourceAddress`: its sockets accept parcels with `local`;
 * - `trafficClass`: it accepts the options `dscp` and `ecn`;
 * - `unix`: it has `openUnix`.
 */
export type Capability =
  | 'connect'
  | 'descriptor'
  | 'details'
  | 'dontFragment'
  | 'keepAlive'
  | 'memberships'
  | 'ownGroups'
  | 'setOptions'
  | 'sourceAddress'
  | 'trafficClass'
  | 'unix'

/**
 * Opens sockets for peers. `node:dgram`, the native addon and
 * the simulated network are transports, and pass the same suite.
 */
export interface DatagramTransport {
  /** Its name in messages, such as "dgram". */
  readonly name: string
  /** What it can do in addition (default: nothing). */
  readonly capabilities?: readonly Capability[]
  /**
   * Opens a socket, binds it and sets its options.
   *
   * @throws the system's error if any of these fails; then nothing is left open
   */
  open(options: OpenOptions): DatagramSocket
  /**
   * Opens a Unix datagram socket. Its parcels have a path as host, and port 0.
   *
   * @throws the system's error, such as EADDRINUSE if there is a file of this name; then nothing is left open
   */
  openUnix?(options: UnixOpenOptions): DatagramSocket
}
