import { Inbox } from '@udpng/core'
import { draw, readGraph } from '@udpng/graph'
import { describe, expect, it } from 'vitest'
import { Keep, RunningGraph } from './run-graph.js'

describe('a graph for each client', () => {
  it('CLI-58 the child of a Sessions is made anew for each client, and its answers go back there', async () => {
    const graph = new RunningGraph(`
      parts:
        EACH:
          component: Sessions
          child:
            parts:
              NEXT: { component: Cycle, items: [one, two] }
              SOME: { component: Sample, every: 1 }
              GONE: { component: Keep }
            linkages:
              self.inbox: SOME.inbox
              self.control: SOME.control
              SOME.outbox: [NEXT.inbox, GONE.inbox]
              SOME.signal: [NEXT.control, GONE.control]
              NEXT.outbox: self.outbox
        OUT: { component: Keep }
        CAME: { component: Keep }
      linkages: { EACH.outbox: OUT.inbox, EACH.starts: CAME.inbox }`)
    const inbox = Reflect.get(graph.part('EACH'), 'inbox') as Inbox<unknown>
    expect(inbox).toBeInstanceOf(Inbox)
    for (const port of [1, 2, 1, 1]) inbox.deliver([Buffer.from('x'), ['192.0.2.1', port]])
    await graph.rest()
    const of = (wanted: number): unknown[] =>
      (graph.keep('OUT').got as [string, number, string][])
        .filter(([, port]) => port === wanted)
        .map(([, , data]) => data)
    expect(of(1)).toEqual(['one', 'two', 'one'])
    expect(of(2)).toEqual(['one'])
    expect(graph.keep('CAME').got).toEqual([
      ['192.0.2.1', 1],
      ['192.0.2.1', 2],
    ])
  })

  it('GFL-12 several outboxes of a child may lead to its self.outbox, and are drawn so', async () => {
    const text = `
      parts:
        EACH:
          component: Sessions
          child:
            parts:
              COUNT: { component: Cycle, items: [one, two] }
              ECHO: { component: Text, template: "{data}!" }
            linkages:
              self.inbox: COUNT.inbox
              COUNT.outbox: [ECHO.inbox, self.outbox]
              ECHO.outbox: self.outbox
        OUT: { component: Keep }
      linkages: { EACH.outbox: OUT.inbox }`
    const graph = new RunningGraph(text)
    const inbox = Reflect.get(graph.part('EACH'), 'inbox') as Inbox<unknown>
    for (const port of [1, 2, 1]) inbox.deliver([Buffer.from('x'), ['192.0.2.1', port]])
    await graph.rest()
    const got = (graph.keep('OUT').got as [string, number, string][]).map(
      ([, port, data]) => `${port} ${data}`,
    )
    expect(got.sort()).toEqual(['1 one', '1 one!', '1 two', '1 two!', '2 one', '2 one!'])
    const drawn = readGraph(text, { components: { Keep } }).graph
    const edges = drawn && draw(drawn).match(/ -- "outbox → self\.outbox" --> /g)
    expect(edges).toHaveLength(2)
  })
})
