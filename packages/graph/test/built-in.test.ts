import { Component, Inbox, Outbox } from '@udpng/core'
import { boxesOf } from '@udpng/core/inspection'
import { describe, expect, it } from 'vitest'
import type { PartOptions } from '../src/components/component-type.js'
import { types } from './read.js'

/** Options of components that cannot do without. */
const needed: Readonly<Record<string, PartOptions>> = {
  DataSource: { items: ['one'] },
  Ticker: { intervalMs: 1000 },
  Cycle: { items: ['one'] },
  Filter: { contains: 'one' },
  Sample: { every: 2 },
  Limit: { perSecond: 2 },
  First: { count: 2 },
  FanOut: { targets: [['::1', 1500]] },
  ChunkReader: { size: 1316 },
}
/** Boxes that a compiler would not let be linked. */
const internal = /^(readReady|writeReady|selectorSignal|news|arrived|written|stops)$/

describe('components that a graph file can name', () => {
  it.each([...types.values()])('CLI-56 $name has the boxes that are declared for it', (type) => {
    const options = needed[type.name] ?? {}
    const component = type.make(options, () => {
      throw new Error('unexpected call of the factory')
    })
    expect(component).toBeInstanceOf(Component)
    const { takes, sends } = type.known?.boxes(options) ?? { takes: {}, sends: {} }
    for (const name of [...Object.keys(takes), 'control'])
      expect(Reflect.get(component, name), name).toBeInstanceOf(Inbox)
    for (const name of [...Object.keys(sends), 'signal'])
      expect(Reflect.get(component, name), name).toBeInstanceOf(Outbox)
    const said = new Set([...Object.keys(takes), ...Object.keys(sends), 'control', 'signal'])
    const real = [...boxesOf(component).keys()]
    expect(real.filter((name) => !said.has(name) && !internal.test(name))).toEqual([])
  })

  it('CLI-84 Sessions and the peers that receive take all their options', () => {
    const accepts = (name: string, options: PartOptions): boolean =>
      types.get(name)?.known?.options.safeParse(options).success === true
    const child = { parts: {} }
    expect(accepts('Sessions', { child, perHost: 4, onChildFailure: 'stop' })).toBe(true)
    expect(accepts('Sessions', { child, perHost: 0 })).toBe(false)
    expect(accepts('Sessions', { child, onChildFailure: 'ignore' })).toBe(false)
    for (const name of ['UDPReceiver', 'SimplePeer', 'TargettedPeer', 'PostboxPeer']) {
      for (const options of [{ exactDrops: true }, { details: true }]) {
        expect(accepts(name, options), name).toBe(true)
        expect(() => types.get(name)?.make(options, undefined as never)).not.toThrow()
      }
    }
    expect(accepts('UDPSender', { exactDrops: true })).toBe(false)
  })
})
