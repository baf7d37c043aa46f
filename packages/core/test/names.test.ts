import { type Component, Scheduler } from '@udpng/core'
import { describe, expect, it } from 'vitest'
import { forever, Part, start } from './part.js'

/** A part that was given a name by its constructor. */
class Called extends Part {
  constructor(name?: string, thread = forever) {
    super(thread, name)
  }
}

/** A component that starts others, under the names that are given. */
function holder(children: Readonly<Record<string, Component>>, name?: string): Part {
  return new Called(name, function* (self) {
    for (const [key, child] of Object.entries(children))
      self.activate(child as Part, key.startsWith('?') ? undefined : key)
    for (;;) yield self.pause()
  })
}

const namesIn = (scheduler: Scheduler) => scheduler.snapshot().components.map(({ name }) => name)

describe('names', () => {
  it('CMP-04 the name that a parent gives comes before that of the constructor, and that before class and number', () => {
    const parts = { '?1': new Called(), '?2': new Called('Left'), RIGHT: new Called('Left') }
    const scheduler = start(holder(parts))
    scheduler.step()
    expect(namesIn(scheduler)).toEqual(['Called#1', 'Called#2', 'Left', 'RIGHT'])
  })

  it('CMP-15 named components stand before the names of what they start, others do not', () => {
    const inner = holder({ PARSE: new Part(), '?': new Part() })
    const scheduler = start(holder({ '203.0.113.7:4242': inner }, 'ROOMS'))
    for (let i = 0; i < 3; i++) scheduler.step()
    expect(namesIn(scheduler)).toEqual([
      'ROOMS',
      'ROOMS/203.0.113.7:4242',
      'ROOMS/203.0.113.7:4242/PARSE',
      'ROOMS/203.0.113.7:4242/Part#1',
    ])
  })

  it('CMP-15 another part of another class changes no name', () => {
    class Other extends Part {}
    for (const others of [[], [new Other()]]) {
      const part = new Part()
      start(...others, part)
      expect(part.name).toBe('Part#1')
    }
  })

  it('CMP-16 the second one of a name gets a number, and a name is free again when its component has ended', () => {
    const [first, second, third] = [new Called('A', ending), new Called('A'), new Called('A')]
    const scheduler = start(first, second)
    expect([first.name, second.name]).toEqual(['A', 'A#2'])
    scheduler.step()
    scheduler.activate(third)
    expect([first.ended, third.name]).toEqual([true, 'A'])
    scheduler.activate(new Called('A#2'))
    expect(namesIn(scheduler)).toEqual(['A#2', 'A', 'A#2#2'])
  })

  it('CMP-16 each further one gets the next number, also beside one that was given such a name', () => {
    const scheduler = start(...['A', 'A#3', 'A', 'A', 'A'].map((name) => new Called(name)))
    expect(namesIn(scheduler)).toEqual(['A', 'A#3', 'A#2', 'A#4', 'A#5'])
  })

  it('CMP-16 what is refused while the scheduler stops takes no name', () => {
    const scheduler = new Scheduler()
    const late = new Called('A')
    scheduler.activate(
      new Called('First', function* (self) {
        try {
          for (;;) yield self.pause()
        } finally {
          self.scheduler.activate(late)
        }
      }),
    )
    scheduler.step()
    scheduler.stop()
    expect([late.ended, scheduler.activate(new Called('A')).name]).toEqual([true, 'A'])
  })

  it('CMP-17 the number of a snapshot distinguishes two of a name, and its group is what accounts add up', () => {
    const scheduler = start(new Called('A', ending))
    const ids = scheduler.snapshot().components.map(({ id }) => id)
    scheduler.step()
    scheduler.activate(new Called('A'))
    ids.push(...scheduler.snapshot().components.map(({ id }) => id))
    expect(ids).toEqual([1, 2])
    const clients = holder({ '10.0.0.1:5': new Part(), '10.0.0.2:5': new Part() }, 'ROOMS')
    const other = start(clients)
    other.step()
    expect(other.snapshot().components.map(({ group }) => group)).toEqual([
      'ROOMS',
      'ROOMS/10.0.0.1:5',
      'ROOMS/10.0.0.2:5',
    ])
  })

  it('CMP-17 activated says whether it was started', () => {
    const part = new Part(ending)
    expect(part.activated).toBe(false)
    const scheduler = start(part)
    expect(part.activated).toBe(true)
    scheduler.step()
    expect([part.activated, part.ended]).toEqual([true, true])
  })
})

function* ending(): Generator<undefined, void, void> {}
