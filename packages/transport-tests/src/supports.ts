/** What a transport can do where the suite runs. The suite leaves out what the transport cannot do, or expects that it is refused. */
export interface Supports {
  /**
   * Whether its sockets are sockets of this system: each has a descriptor, and other programs can reach it. Then the
   * suite also counts descriptors, reads `/proc/net/udp`, joins multicast groups and talks to other programs; that needs Linux.
   */
  readonly system: boolean
  /** Whether the option `reusePort` works. If not, a bind with it must fail, and the error must say what it needs. */
  readonly reusePort: boolean
  /** Whether 16 384 parcels, sent without a pause, make a socket block. If not, it may take them all. */
  readonly blocks: boolean
}
