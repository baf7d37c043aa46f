/** What can be asked of a transport where the suite runs. */
export interface Supports {
  /**
   * Its sockets are the system's, with descriptors that can be counted, and this is what `transport` calls
   * it in a process of its own. Undefined for a simulated network.
   */
  readonly system?: 'dgram' | 'native'
  readonly reusePort: boolean
  /** A fast sender meets "would block" without further ado. */
  readonly blocks: boolean
}
