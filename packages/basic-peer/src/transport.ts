import type { Address, Datagram, Family } from '@udpng/datagram'
import type { Bounds, PeerStats } from './stats.js'

/** One datagram to send, addressed: the host is an IP literal of the socket's family. */
export interface Parcel {
  readonly data: Uint8Array
  readonly host: string
  readonly port: number
}

/** Multicast, by the names of `node:dgram`. */
export interface MulticastOptions {
  /** Groups to join; IP literals. */
  readonly groups?: readonly string[]
  /** The interface to join and to send on, by name or by address (default: the system's choice). */
  readonly interface?: string
  /** Routers to cross, 0-255; 0 stays on this host (default 1). */
  readonly ttl?: number
  /** Whether datagrams sent to a joined group are received by this host too (default true). */
  readonly loopback?: boolean
}

/** Options of a socket that every transport understands, by the names of `node:dgram`. */
export interface SocketOptions {
  /** Share the address with other sockets that have this option (SO_REUSEADDR). */
  readonly reuseAddr?: boolean
  /** Share the address; the kernel balances the senders (SO_REUSEPORT). */
  readonly reusePort?: boolean
  /** Disable IPv4 on an IPv6 socket (default false: dual stack). */
  readonly ipv6Only?: boolean
  /** Size of the kernel's receive buffer, bytes. */
  readonly recvBufferSize?: number
  /** Size of the kernel's send buffer, bytes. */
  readonly sendBufferSize?: number
  /** Allow sending to broadcast addresses (default false). */
  readonly broadcast?: boolean
  /** Routers to cross, 1-255 (default 64, as the system has it). */
  readonly ttl?: number
  readonly multicast?: MulticastOptions
  /**
   * Count the kernel's drops exactly (default false). `@udpng/native` then disables coalescing in the kernel (UDP_GRO), and a single flow
   * of small datagrams is read more slowly, see bench/README.md. No effect on other transports, which always
   * count exactly.
   */
  readonly exactDrops?: boolean
}

/** The options of `DatagramTransport.open`. */
export interface OpenOptions extends SocketOptions {
  readonly family: Family
  /** IP literal to bind to. */
  readonly host: string
  /** Port to bind to; 0 asks for any. */
  readonly port: number
  /** False when `receive` will not be called: what arrives is counted as unread and discarded. */
  readonly receive: boolean
  /**
   * The counters of the transport: `sent` and `sentBytes` when the system has accepted a parcel,
   * `receiveErrors`, `refused`, `dropped.readBufferFull`, and `dropped.unread`.
   */
  readonly stats: PeerStats
  /**
   * Receives every parcel that was taken and then could not be sent, with the system's error. It is called once for each,
   * inside `send`, or any time later, also inside and after `close` (as ECANCELED). It may send, on this socket and on
   * others, and close them; it must not throw.
   */
  onFailed(parcel: Parcel, error: NodeJS.ErrnoException): void
  /**
   * Receives the last destination of which the network reported that a datagram was undeliverable, and why: ECONNREFUSED,
   * EHOSTUNREACH and others of icmp(7). It is called at most once for each batch of reports, however many were counted in
   * `stats.refused`; never by a transport that leaves that undefined. The same rules as for `onFailed`.
   */
  onRefused?(address: Address, error: NodeJS.ErrnoException): void
  /** Called, outside of `send`, when `pending` has come down to 0. */
  onSettled(): void
}

/** The operation that a socket is ready for. */
export type Readiness = 'read' | 'write'

/** A socket that a Selector can watch. */
export interface Selectable {
  /**
   * Requests one call, soon but never inside this one, when something can be read (even if it is queued
   * already) or a parcel can be sent. A new request replaces the old one; undefined cancels it.
   */
  watch(readiness: Readiness, notify: (() => void) | undefined): void
}

/** An open, bound UDP socket. */
export interface DatagramSocket extends Selectable {
  /** The local address, port 0 filled in. */
  readonly address: Address
  /** Bytes of the kernel's receive buffer, as granted; undefined where the system does not report it. */
  readonly recvBufferSize: number | undefined
  /** Parcels taken whose outcome is not known yet. */
  readonly pending: number
  /** Datagrams the kernel dropped at this socket, also after `close`; undefined where it does not report them. */
  readonly kernelDrops: Bounds | undefined
  /**
   * Reads at most `max` datagrams, without blocking; fewer when no more are queued. Each Buffer has an ArrayBuffer of its own, which
   * holds the datagram's bytes and no others, and from then on belongs to the reader.
   */
  read(max: number): readonly Datagram[]
  /**
   * Sends the parcels in order, until all are taken or the socket would block. Those taken are
   * sent, or reported to `onFailed`; those not taken are neither sent nor lost.
   *
   * @returns how many, from the first on, were taken
   */
  send(run: readonly Parcel[]): number
  /** Closes at once; no notice is given afterwards. Safe at any time, also twice. */
  close(): void
}

/**
 * Opens sockets: the only thing that a peer needs from the system. `node:dgram`, the native addon and
 * the simulated network are transports, and pass one shared suite.
 */
export interface DatagramTransport {
  /** The name in messages, such as "dgram". */
  readonly name: string
  /**
   * Opens a socket, binds it and sets its options.
   *
   * @throws the system's error, when any of it fails; then nothing is left open
   */
  open(options: OpenOptions): DatagramSocket
}
