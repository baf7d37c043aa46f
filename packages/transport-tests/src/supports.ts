/** The capabilities of a transport where the suite runs. The suite skips tests of missing ones, or expects that they are refused. */
export interface Supports {
  /**
   * Whether its sockets are sockets of this system: each has a descriptor, and other programs can reach it. Then the
   * suite also counts descriptors, reads `/proc/net/udp`, joins multicast groups and talks to other programs; that needs Linux.
   */
  readonly system: boolean
  /** Whether the option `reusePort` works. If not, a bind with it must fail with an error that says what it needs. */
  readonly reusePort: boolean
  /** Whether a socket would block after 16 384 parcels sent without a pause. If not, it may take them all. */
  readonly blocks: boolean
}
