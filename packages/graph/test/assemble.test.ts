import {
  Inbox,
  link,
  type Outbox,
  Scheduler,
  shutdownMicroprocess,
  type UdpngError,
} from '@udpng/core'
import { assemble, type Graph, readGraph } from '@udpng/graph'
import { describe, expect, it } from 'vitest'
import { Keep } from './run-graph.js'

/** The graph in a text that has nothing wrong. */
function graphOf(text: string): Graph {
  const { graph, errors } = readGraph(text, { components: { Keep } })
  if (!graph) throw new Error(JSON.stringify(errors))
  return graph
}

describe('a graph as a component', () => {
  const graph = graphOf(`
    parts:
      LIST: { component: DataSource, items: [one, two] }
      ONE: { component: Keep }
      TWO: { component: Keep }
    linkages:
      LIST.outbox: [ONE.inbox, TWO.inbox]
      LIST.signal: [ONE.control, TWO.control]`)

  it('GFL-04 runs as often as it is assembled, each time with new components', async () => {
    const [first, second] = [assemble(graph), assemble(graph)]
    expect([...first.parts.keys()]).toEqual(['LIST', 'ONE', 'TWO'])
    for (const [name, part] of first.parts) expect(second.parts.get(name)).not.toBe(part)
    for (const system of [first, second]) {
      await system.run()
      for (const name of ['ONE', 'TWO'])
        expect((system.parts.get(name) as Keep).got).toEqual(['one', 'two'])
    }
  })

  it('GFL-04 is a part of another graph, and its parts can be linked', async () => {
    const inner = assemble(graphOf('parts: { TICK: { component: Ticker, intervalMs: 1 } }'))
    const ticks = new Inbox<number>('Ticks')
    link((inner.parts.get('TICK') as unknown as { outbox: Outbox<number> }).outbox, ticks)
    const scheduler = new Scheduler()
    scheduler.activate(inner)
    const run = scheduler.run()
    while (!ticks.ready) await new Promise((resolve) => setImmediate(resolve))
    inner.control.deliver(shutdownMicroprocess())
    await run
    expect(ticks.recv()).toBeGreaterThanOrEqual(1)
  })

  it('GFL-05 reports each errors outbox that the file leads nowhere, those of a child when its session starts', () => {
    const found: Outbox<UdpngError>[] = []
    const system = assemble(
      graphOf(`
        parts:
          TOLD: { component: Reply }
          UNTOLD: { component: Reply }
          OUT: { component: Keep }
          EACH:
            component: Sessions
            child:
              parts: { CHILD: { component: ToPayload } }
              linkages: { self.inbox: CHILD.inbox, CHILD.outbox: self.outbox }
        linkages: { TOLD.errors: OUT.inbox, EACH.errors: OUT.inbox }`),
      { onUnlinkedErrors: (errors) => found.push(errors) },
    )
    const untold = system.parts.get('UNTOLD') as unknown as { errors: Outbox<UdpngError> }
    expect(found).toEqual([untold.errors])
    const scheduler = new Scheduler()
    scheduler.activate(system)
    const each = system.parts.get('EACH') as unknown as { inbox: Inbox<unknown> }
    for (const port of [1, 2]) each.inbox.deliver([Buffer.from('x'), ['192.0.2.1', port]])
    for (let step = 0; step < 20; step++) scheduler.step()
    expect(found).toHaveLength(3)
    expect(new Set(found).size).toBe(3)
    scheduler.stop()
  })
})
