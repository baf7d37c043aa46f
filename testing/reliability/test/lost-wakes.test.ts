import { DrainedGraph, finding, Random, seed, sizeOf } from 'reliability'
import { expect, it } from 'vitest'

it('FLO-06 SES-20 once everything is drained, with the clock standing still, no part waits for a neighbour that has room', (context) => {
  const graphs = sizeOf({ fast: 200, long: 5000 })
  finding(context, 'lost wakes', () => `${graphs} random graphs`)
  for (let i = 0; i < graphs; i++) {
    const random = new Random(seed + i)
    const graph = new DrainedGraph(random)
    for (let left = 60; left > 0; left--) graph.act()
    graph.drain()
    expect(graph.stuck, `SEED=${seed + i}\n${graph.shape.join('\n')}`).toEqual([])
  }
})
