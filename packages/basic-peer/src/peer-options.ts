import type { Family } from '@udpng/datagram'
import type { TransportChoice } from './choose-transport.js'
import type { Lookup } from './names.js'
import type { MulticastOptions, SocketOptions } from './transport.js'

/** Options that every peer has. */
export interface PeerOptions
  extends Omit<SocketOptions, 'recvBufferSize' | 'multicast' | 'exactDrops'> {
  /** What the component is called, unless its parent calls it something else (default: class and number). */
  readonly name?: string
  /** IPv4 or IPv6 (default: that of the literal addresses given, else 4). */
  readonly family?: Family
  /** The function that looks up host names (default: `dns.lookup`). */
  readonly lookup?: Lookup
  /** TTL of a look-up in the cache, a failure too; milliseconds (default 30 000). */
  readonly lookupTtlMs?: number
  /** Deadline for sending the queued messages after producerFinished; milliseconds (default 5000). */
  readonly drainTimeoutMs?: number
  /** The transport that opens the socket (default `"auto"`: the fastest that works here). */
  readonly transport?: TransportChoice
}

/** How a peer that only sends sends to multicast groups. */
export type SendingMulticastOptions = Omit<MulticastOptions, 'groups'>

/** Options of peers that only send: where they send from. */
export interface SourceOptions extends PeerOptions {
  /** The IP address to send from (default "0.0.0.0", or "::" on IPv6: the system chooses it for each destination). */
  readonly localAddr?: string
  /** The port to send from, 0-65535 (default 0: any free one). */
  readonly localPort?: number
  /** The interface, the time to live and the loopback of datagrams to multicast groups. */
  readonly multicast?: SendingMulticastOptions
}

/** Options of peers that receive. */
export interface LocalOptions extends PeerOptions, SocketOptions {
  /** The IP address to bind to (default "0.0.0.0", or "::" on IPv6: all addresses of this machine). */
  readonly localAddr?: string
  /** The port to bind to, 0-65535 (default 0: any free one). */
  readonly localPort?: number
  /**
   * The reaction to producerFinished on `control`: none (`"ignore"`, the default), or
   * to send all queued messages, receive for `lingerMs` more, and end (`"drain"`).
   */
  readonly onProducerFinished?: 'ignore' | 'drain'
  /** Time to keep receiving once all is sent, milliseconds (default 0). */
  readonly lingerMs?: number
}

/** Options of peers with one destination. */
export interface ReceiverOptions extends PeerOptions {
  /** Host to send to (default "0.0.0.0", which with a port means this host's loopback address). */
  readonly receiverAddr?: string
  /** Port to send to, 0-65535 (default 0: no receiver). */
  readonly receiverPort?: number
}

/** An address without a port is not a receiver: `receiverAddr` is given with `receiverPort`, or not at all. */
export type CompleteReceiver =
  | { readonly receiverAddr?: undefined }
  | { readonly receiverPort: number }

/** Options of peers that receive and have one destination. */
export interface TwoWayOptions extends LocalOptions, ReceiverOptions {
  /**
   * Emit only datagrams from the receiver; datagrams from other addresses are dropped and counted as `dropped.foreign`
   * (default false: from any address). A receiver given by name is the address that was found last; before one is known, and without a
   * receiver, all datagrams are dropped.
   */
  readonly onlyFromReceiver?: boolean
}
