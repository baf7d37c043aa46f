import type { Picture } from '@udpng/inspector'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Box } from '../../page/layout/geometry.js'
import { type Layout, Layouter } from '../../page/layout/layout.js'
import { nearest } from '../../page/layout/nearest.js'
import { type Structure, structureOf } from '../../page/model/structure.js'
import { wiresOf } from '../../page/model/wires.js'
import { chains, component, picture } from './invented.js'

const shown = { plumbing: false, control: false }
const structure = (of: Picture): Structure => structureOf(of, wiresOf(of), shown)

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

function holds(outer: Box, inner: Box): boolean {
  return (
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height
  )
}

/** Cards over cards, and parts that stick out of their frames. */
function faults({ parents }: Structure, { cards, frames }: Layout): string[] {
  const found: string[] = []
  for (const [name, { width, height }] of cards)
    if (width < 200 || height < 60) found.push(`${name} too small`)
  for (const [a, one] of cards)
    for (const [b, other] of cards) if (a < b && overlaps(one, other)) found.push(`${a} over ${b}`)
  for (const [name, parent] of parents)
    for (const inner of [cards.get(name), frames.get(name)])
      if (inner && !holds(frames.get(parent) as Box, inner)) found.push(`${name} out of ${parent}`)
  return found
}

describe('the layout', () => {
  it.each([
    [1, 5],
    [6, 5],
    [40, 5],
    [1, 30],
    [200, 1],
  ])(
    'INS-58 %d chains of %d: no card is over another, and each wire has its way',
    (count, length) => {
      const drawn = structure(chains(count, length))
      const layout = new Layouter().layout(drawn)
      expect(layout.cards.size).toBe(count * length)
      expect(layout.routes.size).toBe(count * (length - 1))
      expect(faults(drawn, layout)).toEqual([])
    },
  )

  it('INS-58 whatever the links and parents, no card is over another, none is out of its frame', {
    timeout: 180_000,
  }, () => {
    const number = fc.nat({ max: 19 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, number), { maxLength: 30 }),
        fc.array(fc.tuple(number, number), { maxLength: 12 }),
        (links, parents) => {
          const parentOf = new Map(parents)
          const components = Object.fromEntries(
            Array.from({ length: 20 }, (_, i) => {
              const parent = parentOf.get(i)
              return [
                `Part#${i}`,
                component(parent === undefined ? {} : { parent: `Part#${parent}` }),
              ]
            }),
          )
          const drawn = structure(
            picture(
              components,
              Object.fromEntries(links.map(([a, b]) => [`Part#${a}.outbox`, `Part#${b}.inbox`])),
            ),
          )
          const layout = new Layouter().layout(drawn)
          expect(layout.cards.size).toBe(20)
          expect(faults(drawn, layout)).toEqual([])
          expect(layout.routes.size).toBe(drawn.wires.length)
          for (const { path } of layout.routes.values()) expect(path).not.toContain('NaN')
        },
      ),
      { numRuns: 60 },
    )
  })

  it('INS-58 numbers change nothing, and a part that comes moves nothing inside the others', () => {
    const before = chains(5, 4)
    const counted = picture(
      Object.fromEntries(
        Object.entries(before.components).map(([name, one]) => [
          name,
          { ...one, state: 'ready' as const, drops: { late: 3 } },
        ]),
      ),
      before.links,
      2000,
    )
    expect(structure(counted).key).toBe(structure(before).key)
    const layouter = new Layouter()
    const first = layouter.layout(structure(before))
    expect(layouter.runs).toBe(5)
    const more = picture({ ...before.components, 'New#99': component() }, before.links)
    const second = layouter.layout(structure(more))
    expect(layouter.runs).toBe(6)
    const distance = (layout: Layout, a: string, b: string): number =>
      (layout.cards.get(a)?.x ?? 0) - (layout.cards.get(b)?.x ?? 0)
    expect(distance(second, 'Part#2', 'Part#1')).toBe(distance(first, 'Part#2', 'Part#1'))
  })

  it('INS-58 the end of a component, which a splitter takes a box away for, moves nothing', () => {
    const outbox = { doc: '', sent: 0, discarded: 0 }
    const links = { 'S#1.outbox1': 'A#2.inbox', 'S#1.outbox2': 'B#3.inbox' }
    const before = picture(
      {
        'S#1': component({ outboxes: { outbox1: outbox, outbox2: outbox } }),
        'A#2': component(),
        'B#3': component(),
      },
      links,
    )
    const after = picture(
      {
        'A#2': component({ state: 'failed' }),
        'S#1': component({ outboxes: { outbox2: outbox } }),
        'B#3': component(),
      },
      links,
    )
    expect(structure(after).key).toBe(structure(before).key)
  })

  it('INS-58 arrow keys lead to what is seen there', () => {
    const at = (x: number, y: number): Box => ({ x, y, width: 10, height: 10 })
    const boxes = new Map([
      ['middle', at(100, 100)],
      ['right', at(200, 110)],
      ['far right', at(400, 100)],
      ['below', at(90, 200)],
      ['above', at(100, 0)],
    ])
    expect(nearest('middle', 'ArrowRight', boxes)).toBe('right')
    expect(nearest('right', 'ArrowRight', boxes)).toBe('far right')
    expect(nearest('middle', 'ArrowDown', boxes)).toBe('below')
    expect(nearest('middle', 'ArrowUp', boxes)).toBe('above')
    expect(nearest('middle', 'ArrowLeft', boxes)).toBeUndefined()
  })
})
