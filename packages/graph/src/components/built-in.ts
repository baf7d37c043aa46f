import { Impair } from '@udpng/simulation'
import type { ComponentType } from './component-type.js'
import { consoleTypes } from './console-types.js'
import { define } from './define.js'
import { flowTypes } from './flow-types.js'
import { impairOptions } from './impair-options.js'
import { peerTypes } from './peer-types.js'
import { sessionsType } from './sessions-type.js'

/** Returns all components that a graph file can name without an import. */
export function builtIn(): ComponentType[] {
  return [
    ...peerTypes(),
    sessionsType(),
    ...consoleTypes(),
    ...flowTypes(),
    define({
      name: 'Impair',
      summary: 'applies loss, delay and other conditions of a bad network to messages',
      options: impairOptions,
      boxes: {
        takes: { inbox: ['datagram', 'letter', 'text', 'bytes'] },
        sends: { outbox: { as: 'inbox' } },
      },
      make: (options) => new Impair(options),
    }),
  ]
}
