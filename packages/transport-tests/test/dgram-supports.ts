import type { Supports } from '@udpng/transport-tests'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

/** What `node:dgram` gives on this version of Node.js. */
export const supports: Supports = {
  system: true,
  reusePort: major > 22 || (major === 22 && minor >= 12),
  blocks: true,
}
