import type { Supports } from 'peer-conformance'

/** What the native transport gives: everything. Its sockets take what loopback takes. */
export const supports: Supports = { system: 'native', reusePort: true, blocks: false }
