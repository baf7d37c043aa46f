import type { Readable, Writable } from 'node:stream'
import type { Kind } from '@udpng/core/options'

/** Streams that can be read from. */
export const readable: Kind = {
  accepts: (value) => typeof (value as Readable).read === 'function',
  must: () => 'a readable stream',
}

/** Streams that can be written to. */
export const writable: Kind = {
  accepts: (value) => typeof (value as Writable).write === 'function',
  must: () => 'a writable stream',
}
