import { Sessions } from '@udpng/chassis'
import type { Component } from '@udpng/core'
import { z } from 'zod'
import type { ComponentType } from './component-type.js'
import { define } from './define.js'
import { oneOf, whole } from './option-shapes.js'

/** Sessions, whose child is a graph. */
export function sessionsType(): ComponentType {
  return define({
    name: 'Sessions',
    summary: 'runs one graph for each client; its output goes back to that client',
    options: () => ({
      idleMs: whole(1, 0x7fffffff, 'of milliseconds')
        .optional()
        .describe(
          'idle timeout: a session without a datagram in either direction ends, ms (default 60000)',
        ),
      capacity: whole(1, 1_000_000)
        .optional()
        .describe('maximum number of sessions (default 1024)'),
      perHost: whole(1, 1_000_000)
        .optional()
        .describe(
          'sessions that one host, or IPv6 /64 network, keeps once capacity is reached (default: a quarter of capacity)',
        ),
      onChildFailure: oneOf('isolate', 'stop')
        .optional()
        .describe(
          'when a child fails: end its session alone (isolate, the default), or the whole run (stop)',
        ),
      child: z
        .looseObject({}, { error: 'a map of parts and linkages' })
        .meta({ $ref: '#' }) // in the JSON Schema: a graph like the one it is in
        .describe(
          'the graph of each client: its self.inbox gets the data, its self.outbox sends the replies',
        ),
    }),
    boxes: {
      takes: { inbox: ['datagram'] },
      sends: { outbox: ['letter'], starts: ['address'], ends: ['address'], errors: ['error'] },
    },
    child: { takes: { inbox: ['bytes'] }, sends: { outbox: ['text', 'bytes'] } },
    make: ({ child: _, ...options }, child) => new Sessions(child as () => Component, options),
  })
}
