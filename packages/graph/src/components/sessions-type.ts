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
    summary:
      'runs a graph of its own for each source of datagrams; what that sends goes back to the source',
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
          'sessions that one host, or IPv6 /64 network, keeps when all places are taken (default a quarter of capacity)',
        ),
      onChildFailure: oneOf('isolate', 'stop')
        .optional()
        .describe(
          'a child that fails ends its session alone (isolate, the default), or all (stop)',
        ),
      child: z
        .looseObject({}, { error: 'a map of parts and linkages' })
        .meta({ $ref: '#' }) // in the JSON Schema: a graph like the one it is in
        .describe('the graph of each: its self.inbox gets the data, its self.outbox sends answers'),
    }),
    boxes: {
      takes: { inbox: ['datagram'] },
      sends: { outbox: ['letter'], starts: ['address'], ends: ['address'], errors: ['error'] },
    },
    child: { takes: { inbox: ['bytes'] }, sends: { outbox: ['text', 'bytes'] } },
    make: ({ child: _, ...options }, child) => new Sessions(child as () => Component, options),
  })
}
