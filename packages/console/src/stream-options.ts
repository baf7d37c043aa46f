import type { Readable, Writable } from 'node:stream'
import type { Option } from '@udpng/core/options'

/** The option of what is read from. */
export const INPUT: Option = {
  kind: {
    accepts: (value) => typeof (value as Readable).read === 'function',
    must: () => 'a readable stream',
  },
}

/** The option of what is written to. */
export const OUTPUT: Option = {
  kind: {
    accepts: (value) => typeof (value as Writable).write === 'function',
    must: () => 'a writable stream',
  },
}
