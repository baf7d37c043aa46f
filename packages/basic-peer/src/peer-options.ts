import type { WhenFull } from '@udpng/core'
import type { Family, UnixPath } from '@udpng/datagram'
import type { TransportChoice } from './choose-transport.js'
import type { Lookup } from './names.js'
import type { SendingMulticastOptions, SocketOptions } from './transport.js'

/** Options that every peer has. */
export interface PeerOptions
  extends Omit<SocketOptions, 'recvBufferSize' | 'multicast' | 'exactDrops'> {
  /** The name of the component, unless its parent gives it another (default: class and number). */
  readonly name?: string
  /** IPv4 or IPv6 (default: the family of the literal addresses given, otherwise 4). */
  readonly family?: Family
  /** The function that looks up host names (default: `dns.lookup`). */
  readonly lookup?: Lookup
  /** TTL of a cached look-up, including failures, milliseconds (default 30 000). */
  readonly lookupTtlMs?: number
  /** Maximum time to send the queued messages after producerFinished, milliseconds (default 5000). */
  readonly drainTimeoutMs?: number
  /** The transport that opens the socket (default `"auto"`: the fastest that works here). */
  readonly transport?: TransportChoice
}

/** Options of peers that only send: their source address. */
export interface SourceOptions extends PeerOptions {
  /** The IP address to send from, or the path of a Unix socket (default "0.0.0.0", or "::" on IPv6: the system chooses it for each destination). */
  readonly localAddr?: string
  /** The port to send from, 0-65535 (default 0: any free one). */
  readonly localPort?: number
  /** The descriptor of an open, bound UDP socket to take over and close. Not with `localAddr` or `localPort`. */
  readonly fd?: number
  /** Interface, time to live and loopback of datagrams to multicast groups. */
  readonly multicast?: SendingMulticastOptions
}

/** Options of peers that receive. */
export interface LocalOptions extends PeerOptions, SocketOptions {
  /**
   * The IP address to bind to (default "0.0.0.0", or "::" on IPv6: all addresses of this machine); or the address of a Unix socket: an absolute
   * path, or `@name` for an abstract one. Unix sockets need `@udpng/native`.
   */
  readonly localAddr?: string
  /** The port to bind to, 0-65535 (default 0: any free one). */
  readonly localPort?: number
  /**
   * The descriptor of an open, bound UDP socket, which the peer takes over and closes: from systemd (socket activation), inetd or
   * another parent process. Not with `localAddr` or `localPort`. For an IPv6 socket, set `family: 6`.
   *
   * @see sd_listen_fds(3)
   */
  readonly fd?: number
  /**
   * Emit each datagram with its details, `[data, [host, port], details]`: the address that it was sent to, the interface, the time
   * of arrival, its ECN bits (default false). Needs `@udpng/native`; on another transport the bind fails.
   */
  readonly details?: boolean
  /**
   * The reaction to producerFinished on `control`. `"ignore"` (default): none. `"drain"`: send all queued messages, receive for
   * another `lingerMs`, and end.
   */
  readonly onProducerFinished?: 'ignore' | 'drain'
  /** Time to keep receiving after the drain, milliseconds (default 0). */
  readonly lingerMs?: number
}

/** Options of peers that send: their queue of messages. */
export interface QueueOptions {
  /** Number of messages at which `inbox` is full: a whole number >= 1, or `Infinity` (default 1024). */
  readonly capacity?: number
  /** The policy for a message to a full `inbox` (default `"accept"`: store it; senders that respect backpressure stop before). */
  readonly whenFull?: WhenFull
}

/** Options of peers with one destination. */
export interface ReceiverOptions extends PeerOptions {
  /** Host to send to (default "0.0.0.0", which with a port means this host's loopback address); or the address of a Unix socket. */
  readonly receiverAddr?: string
  /** Port to send to, 0-65535 (default 0: no receiver). */
  readonly receiverPort?: number
}

/** Options of peers with one fixed destination. */
export interface ConnectedOptions {
  /**
   * Connect the socket to the receiver (default false). The peer then receives datagrams only from there, and reports "port
   * unreachable" also on `node:dgram`; the kernel looks up the route once instead of for each datagram. A name is looked up once,
   * before the bind; if that fails, the peer fails.
   */
  readonly connected?: boolean
}

/** Requires `receiverPort` with `receiverAddr`: an address without a port is not a receiver, unless it is that of a Unix socket. */
export type CompleteReceiver =
  | { readonly receiverAddr?: undefined }
  | { readonly receiverPort: number }
  | { readonly receiverAddr: UnixPath }

/** Options of peers that receive and have one destination. */
export interface TwoWayOptions extends LocalOptions, ReceiverOptions {
  /**
   * Emit only datagrams from the receiver; others are dropped and counted as `dropped.foreign`
   * (default false: from any address). For a receiver given by name, the last address found counts. Before one is found, and
   * without a receiver, all datagrams are dropped.
   */
  readonly onlyFromReceiver?: boolean
}
