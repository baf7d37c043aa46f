import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Agenda } from '../src/agenda.js'

const takeAll = <T>(agenda: Agenda<T>): T[] => {
  const items: T[] = []
  for (let entry = agenda.take(); entry; entry = agenda.take()) items.push(entry.item)
  return items
}

describe('an agenda', () => {
  it('gives entries by their time, those of one time in the order in which they were added', () => {
    const agenda = new Agenda<string>()
    for (const [due, item] of [
      [3, 'c'],
      [1, 'a'],
      [2, 'b1'],
      [2, 'b2'],
      [1, 'a2'],
    ] as const)
      agenda.add(due, item)
    expect([agenda.length, agenda.count]).toEqual([5, 5])
    expect(agenda.first).toEqual({ due: 1, order: 1, item: 'a' })
    expect(takeAll(agenda)).toEqual(['a', 'a2', 'b1', 'b2', 'c'])
    expect([agenda.length, agenda.count, agenda.first]).toEqual([0, 5, undefined])
  })

  it('without entries gives none', () => {
    const agenda = new Agenda<string>()
    expect([agenda.take(), agenda.length]).toEqual([undefined, 0])
  })

  it('keeps those that are wanted, in their order', () => {
    const agenda = new Agenda<number>()
    for (let i = 0; i < 100; i++) agenda.add((i * 37) % 10, i)
    agenda.keep((item) => item % 3 === 0)
    agenda.add(0, 1000)
    expect([agenda.length, agenda.count]).toEqual([35, 101])
    const rank = (item: number) => (item === 1000 ? 0 : (item * 37) % 10)
    const wanted = Array.from({ length: 100 }, (_, i) => i).filter((i) => i % 3 === 0)
    expect(takeAll(agenda)).toEqual([...wanted, 1000].sort((a, b) => rank(a) - rank(b) || a - b))
  })

  it('is in order whatever is added and taken', () => {
    const steps = fc.array(fc.option(fc.nat(6)), { maxLength: 60 })
    fc.assert(
      fc.property(steps, (steps) => {
        const agenda = new Agenda<number>()
        let model: { due: number; item: number }[] = []
        for (const [item, due] of steps.entries())
          if (due === null) {
            const next = model.reduce<(typeof model)[number] | undefined>(
              (least, entry) => (least && least.due <= entry.due ? least : entry),
              undefined,
            )
            expect(agenda.take()?.item).toBe(next?.item)
            model = model.filter((entry) => entry !== next)
          } else {
            agenda.add(due, item)
            model.push({ due, item })
          }
        expect(agenda.length).toBe(model.length)
      }),
    )
  })
})
