import { type Component, Inbox, link, type Main, Outbox } from '@udpng/core'
import { boxesOf, componentsOf, destinationOf, statusOf, tap } from '@udpng/core/inspection'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { cycles, doing, forever, Part, start } from './part.js'

describe('what lives', () => {
  class Hiding extends Part {
    protected readonly hidden: Inbox<number> = new Inbox('Hidden')
  }

  it('INS-01 is found, the components themselves, services too, in the order of activation', () => {
    const child = new Part(forever)
    const service = new Part(forever)
    const parent = new Part(function* (self): Main {
      self.activate(child)
      yield* self.sleep(1e6)
    })
    const gone = new Part(doing(() => {}))
    const scheduler = start(parent, gone)
    scheduler.service('it', () => service)
    expect(componentsOf(scheduler)).toEqual([parent, gone, service])
    cycles(scheduler)
    const found = componentsOf(scheduler)
    expect(found).toHaveLength(3)
    for (const [i, component] of [parent, service, child].entries())
      expect(found[i]).toBe(component)
  })

  it('INS-01 has a state, a parent, and may be a service', () => {
    const child = new Part(forever)
    const service = new Part(forever)
    const parent = new Part(function* (self): Main {
      self.activate(child)
      yield* self.sleep(1e6)
    })
    const gone = new Part(doing(() => {}))
    expect(statusOf(parent)).toMatchObject({
      id: 0,
      group: 'Part',
      state: 'new',
      parent: undefined,
      plumbing: false,
    })
    const scheduler = start(parent, gone)
    scheduler.service('it', () => service)
    expect(statusOf(parent)?.state).toBe('ready')
    cycles(scheduler)
    expect([parent, child, service, gone].map(statusOf)).toEqual([
      { id: 1, group: 'Part', state: 'waiting', parent: undefined, plumbing: false },
      { id: 4, group: 'Part', state: 'paused', parent: 'Part#1', plumbing: false },
      { id: 3, group: 'Part', state: 'paused', parent: undefined, plumbing: true },
      { id: 2, group: 'Part', state: 'ended', parent: undefined, plumbing: false },
    ])
    expect(statusOf({} as Component)).toBeUndefined()
  })

  it('INS-01 has the group that its activation gives it, also when it was inspected before', () => {
    const [child, parent] = [new Part(forever), new Part(forever)]
    start(parent)
    expect(statusOf(child)?.group).toBe('Part')
    parent.activate(child, '192.0.2.1:4242', 'Client')
    expect(statusOf(child)?.group).toBe('Client')
  })

  it('INS-01 has its own boxes, protected ones too, but none that it shares', () => {
    const part = new Hiding(forever)
    const inner = new Part(forever)
    part['share']({ shared: inner.inbox })
    start(part, inner)
    const boxes = boxesOf(part)
    expect([...boxes.keys()]).toEqual(['control', 'signal', 'inbox', 'outbox', 'hidden'])
    expect(boxes.get('hidden')).toBe(part['hidden'])
    expect(boxesOf({} as Component).size).toBe(0)
  })
})

it('INS-01 an outbox leads to the inbox that it feeds', () => {
  const [from, to] = [new Outbox<string>('Texts'), new Inbox<string>('Texts')]
  expect(destinationOf(from)).toBeUndefined()
  const { unlink } = link(from, to)
  expect(destinationOf(from)).toBe(to)
  unlink()
  expect(destinationOf(from)).toBeUndefined()
})

describe('a tap', () => {
  const inbox = (): Inbox<string> => new Inbox('Texts', { capacity: 2, whenFull: 'dropNewest' })

  it('INS-02 on an inbox sees each message that is delivered, the very same, before it is there', () => {
    const box = inbox()
    const seen: [string, number][] = []
    tap(box, (message) => seen.push([message, box.length]))
    expect([box.deliver('a'), box.deliver('b'), box.deliver('c')]).toEqual([true, true, true])
    expect(seen).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ])
    expect([...box]).toEqual(['a', 'b'])
    expect(box).toMatchObject({ delivered: 3, dropped: 1 })
  })

  it('INS-02 on an outbox sees what is sent, linked or not', () => {
    const box = new Outbox<object>('Things')
    const to = new Inbox<object>('Things', { capacity: 1 })
    const seen: object[] = []
    tap(box, (message) => seen.push(message))
    const [first, second] = [{}, {}]
    expect(box.send(first)).toBe(true)
    link(box, to)
    expect(box.send(second)).toBe(false)
    expect(seen[0]).toBe(first)
    expect(seen[1]).toBe(second)
    expect(to.recv()).toBe(second)
    expect(box).toMatchObject({ sent: 1, discarded: 1 })
  })

  it('INS-02 that throws affects nothing else', () => {
    const box = inbox()
    tap(box, () => {
      throw new Error('broken')
    })
    expect(box.deliver('a')).toBe(true)
    expect(box.recv()).toBe('a')
  })

  it.each([[[0, 1, 2]], [[0, 2, 1]], [[1, 0, 2]], [[1, 2, 0]], [[2, 0, 1]], [[2, 1, 0]]])(
    'INS-02 one of three is undone without the others, in any order: %j',
    (order) => {
      const box = inbox()
      const seen: number[] = []
      const undo = [0, 1, 2].map((i) => tap(box, () => seen.unshift(i)))
      const here = new Set([0, 1, 2])
      for (const i of order) {
        undo[i]?.()
        undo[i]?.() // twice is once
        here.delete(i)
        box.deliver('x')
        box.recv()
        expect(seen.splice(0)).toEqual([...here])
      }
      expect(Object.hasOwn(box, 'deliver')).toBe(false)
    },
  )

  it('INS-02 knows what the messages are, for the compiler', () => {
    expectTypeOf(tap<string>)
      .parameter(1)
      .toEqualTypeOf<(message: string) => void>()
    // @ts-expect-error a listener of numbers for an inbox of texts
    tap(inbox(), (_: number) => {})
  })
})
