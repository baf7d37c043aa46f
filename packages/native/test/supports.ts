import type { Supports } from '@udpng/transport-tests'

/** What the native transport gives: everything. Its sockets take what loopback takes. */
export const supports: Supports = { system: true, reusePort: true, blocks: false }
