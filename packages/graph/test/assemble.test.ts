import { Inbox, link, type Outbox, Scheduler, shutdownMicroprocess } from '@udpng/core'
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

  it('GFL-05 errors that the file leads nowhere go to onReport of the run, those of a session too', async () => {
    const system = assemble(
      graphOf(`
        parts:
          LED: { component: Reply }
          NOT: { component: Reply }
          OUT: { component: Keep }
          EACH:
            component: Sessions
            child:
              parts: { CHILD: { component: Reply }, ANY: { component: Cycle, items: [{ no: datagram }] } }
              linkages: { self.inbox: ANY.inbox, ANY.outbox: CHILD.inbox }
        linkages: { LED.errors: OUT.inbox }`),
    )
    const inboxOf = (name: string) =>
      (system.parts.get(name) as unknown as { inbox: Inbox<unknown> }).inbox
    for (const name of ['LED', 'NOT', 'NOT']) inboxOf(name).deliver(5)
    for (const port of [1, 2]) inboxOf('EACH').deliver([Buffer.from('x'), ['192.0.2.1', port]])
    const scheduler = new Scheduler()
    scheduler.activate(system)
    const found: string[] = []
    const running = scheduler.run({
      onReport({ error, component, part, count }) {
        found.push(`${error.code} ${component}, ${part} ${count}`)
      },
    })
    for (let i = 0; i < 30; i++) scheduler.step()
    scheduler.stop()
    await running
    expect(found.sort()).toEqual([
      'TRANSFORM_FAILED EACH/192.0.2.1:1/CHILD, EACH/Session/CHILD 1',
      'TRANSFORM_FAILED EACH/192.0.2.1:2/CHILD, EACH/Session/CHILD 2',
      'TRANSFORM_FAILED NOT, NOT 1',
      'TRANSFORM_FAILED NOT, NOT 2',
    ])
    expect((system.parts.get('OUT') as Keep).got).toHaveLength(1)
  })
})
