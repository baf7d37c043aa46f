import { describe, expect, it } from 'vitest'
import { type MembershipSystem, Memberships } from '../src/index.js'
import type { InterfaceWatch } from '../src/interface-watch.js'

const GROUP = '239.1.2.3'
const ON = { group: GROUP, interface: 'eth1' }

/** A system whose interfaces, by name, have these indexes. */
function setUp(interfaces: Record<string, number> = { eth1: 1 }) {
  const calls: string[] = []
  const watched: Memberships[] = []
  const refusals = { join: 0, leave: 0 }
  const note = (call: 'join' | 'leave', group: string, index: number | undefined) => {
    calls.push(`${call} ${group} ${index}`)
    if (refusals[call]-- > 0) throw new Error(`cannot ${call}`)
  }
  const onLost: { call?: (group: string) => void } = {}
  const system: MembershipSystem = {
    find(given) {
      const [name, index] =
        Object.entries(interfaces).find(([name, index]) =>
          [name, `10.0.0.${index}`].includes(given),
        ) ?? []
      if (name === undefined) throw new Error(`no interface ${given}`)
      return { name, address: `10.0.0.${index}`, index }
    },
    indexOf: (name) => interfaces[name],
    join: ({ group }, on) => note('join', group, on?.index),
    leave: ({ group }, on) => note('leave', group, on?.index),
    onLost: ({ group }, { message }) => {
      calls.push(`lost ${group}: ${message}`)
      onLost.call?.(group)
    },
  }
  const watch = {
    add: (one: Memberships) => watched.push(one),
    delete: () => watched.splice(0),
  } as Partial<InterfaceWatch> as InterfaceWatch
  const memberships = new Memberships(system, watch)
  const take = () => calls.splice(0)
  return { memberships, interfaces, take, refusals, watched, onLost }
}

const inUse = expect.objectContaining({ code: 'EADDRINUSE', syscall: 'addMembership' })
const notJoined = expect.objectContaining({ code: 'EADDRNOTAVAIL', syscall: 'dropMembership' })

describe('memberships of a socket', () => {
  it('are joined on the interface that is named, otherwise on the default one, otherwise where the system likes', () => {
    const { memberships, take } = setUp({ eth1: 1, eth2: 2 })
    memberships.join(ON, 'eth2')
    memberships.join({ group: GROUP }, 'eth2')
    memberships.join({ group: GROUP }, undefined)
    expect(take()).toEqual([`join ${GROUP} 1`, `join ${GROUP} 2`, `join ${GROUP} undefined`])
  })

  it.each([
    ['the same', ON, ON],
    ['an address of the interface', ON, { group: GROUP, interface: '10.0.0.1' }],
    ['another spelling', { group: 'ff02::1' }, { group: 'FF02:0::1' }],
    [
      'the same source',
      { group: GROUP, source: '192.0.2.1' },
      { group: GROUP, source: '192.0.2.1' },
    ],
  ])('are joined and left once: %s', (_, first, second) => {
    const { memberships, take } = setUp()
    memberships.join(first, undefined)
    expect(() => memberships.join(second, undefined)).toThrow(inUse)
    expect(take()).toHaveLength(1)
    memberships.leave(second, undefined)
    expect(take()).toHaveLength(1)
    expect(() => memberships.leave(first, undefined)).toThrow(notJoined)
    expect(take()).toEqual([])
  })

  it.each([
    ['group', { ...ON, group: '239.1.2.4' }],
    ['interface', { group: GROUP, interface: 'eth2' }],
    ['choice of the interface', { group: GROUP }],
    ['source', { ...ON, source: '192.0.2.1' }],
  ])('with another %s are others', (_, other) => {
    const { memberships } = setUp({ eth1: 1, eth2: 2 })
    memberships.join(ON, undefined)
    expect(() => memberships.leave(other, undefined)).toThrow(notJoined)
    memberships.join(other, undefined)
  })

  it('are not kept if the system refuses to join', () => {
    const { memberships, refusals, watched } = setUp()
    refusals.join = 1
    expect(() => memberships.join(ON, undefined)).toThrow('cannot join')
    expect(watched).toEqual([])
    memberships.join(ON, undefined)
    expect(watched).toEqual([memberships])
  })

  it('are watched while one of them is on a named interface', () => {
    const { memberships, watched } = setUp({ eth1: 1, eth2: 2 })
    memberships.join({ group: GROUP }, undefined)
    expect(watched).toEqual([])
    memberships.join(ON, undefined)
    memberships.join({ ...ON, interface: 'eth2' }, undefined)
    memberships.leave(ON, undefined)
    expect(watched).not.toEqual([])
    memberships.leave({ group: GROUP, interface: 'eth2' }, undefined)
    expect(watched).toEqual([])
    memberships.join(ON, undefined)
    memberships.close()
    expect(watched).toEqual([])
  })

  it('of a closed socket are neither joined nor checked', () => {
    const { memberships, interfaces, take, watched } = setUp()
    memberships.join(ON, undefined)
    memberships.close()
    take()
    delete interfaces['eth1']
    expect(memberships.check()).toBe(true)
    expect(() => memberships.join({ ...ON, wait: true }, undefined)).toThrow(
      expect.objectContaining({ code: 'EBADF' }),
    )
    expect([take(), watched]).toEqual([[], []])
  })

  it('without an interface are left as they were joined, whatever the default interface is now', () => {
    const { memberships, take } = setUp({ eth1: 1, eth2: 2 })
    memberships.join({ group: GROUP }, 'eth1')
    memberships.join({ group: GROUP }, 'eth2')
    memberships.leave({ group: GROUP }, 'eth2')
    memberships.leave({ group: GROUP }, 'eth2')
    expect(take().slice(2)).toEqual([`leave ${GROUP} 1`, `leave ${GROUP} 2`])
    expect(() => memberships.leave({ group: GROUP }, 'eth2')).toThrow(notJoined)
  })

  it('wait for an interface only if they may', () => {
    const { memberships, interfaces, take } = setUp({})
    expect(() => memberships.join(ON, undefined)).toThrow('no interface eth1')
    memberships.join({ ...ON, wait: true }, undefined)
    expect(memberships.check()).toBe(true)
    expect(take()).toEqual([])
    interfaces['eth1'] = 4
    expect(memberships.check()).toBe(true)
    expect(memberships.check()).toBe(true)
    expect(take()).toEqual([`join ${GROUP} 4`])
    memberships.leave(ON, undefined)
    expect(take()).toEqual([`leave ${GROUP} 4`])
  })

  it('are left without the system while they wait', () => {
    const { memberships, interfaces, take } = setUp({})
    memberships.join({ ...ON, wait: true }, undefined)
    memberships.leave(ON, undefined)
    interfaces['eth1'] = 4
    memberships.check()
    expect(take()).toEqual([])
  })

  it('are lost with their interface, once, and joined again when it comes back', () => {
    const { memberships, interfaces, take } = setUp()
    memberships.join(ON, undefined)
    memberships.check()
    expect(take()).toEqual([`join ${GROUP} 1`])
    delete interfaces['eth1']
    expect([memberships.check(), memberships.check()]).toEqual([true, true])
    const lost = `lost ${GROUP}: the interface eth1 is gone`
    expect(take()).toEqual([`leave ${GROUP} 1`, lost])
    interfaces['eth1'] = 2
    memberships.check()
    expect(take()).toEqual([`join ${GROUP} 2`])
  })

  it('are joined again at once on an interface that has another index', () => {
    const { memberships, interfaces, take, refusals } = setUp()
    memberships.join(ON, undefined)
    take()
    interfaces['eth1'] = 2
    refusals.leave = 1 // the system has forgotten it
    expect(memberships.check()).toBe(true)
    expect(take()).toEqual([`leave ${GROUP} 1`, expect.stringContaining('lost'), `join ${GROUP} 2`])
  })

  it('are tried again while the system refuses to join', () => {
    const { memberships, interfaces, take, refusals } = setUp({})
    memberships.join({ ...ON, wait: true }, undefined)
    interfaces['eth1'] = 1
    refusals.join = 2
    expect([memberships.check(), memberships.check(), memberships.check()]).toEqual([
      false,
      false,
      true,
    ])
    // The refusal is reported once.
    const tried = `join ${GROUP} 1`
    expect(take()).toEqual([tried, `lost ${GROUP}: cannot join`, tried, tried])
  })

  it('are not joined again if their owner leaves them when it hears of the loss', () => {
    const { memberships, interfaces, take, onLost } = setUp()
    memberships.join(ON, undefined)
    onLost.call = () => memberships.leave(ON, undefined)
    interfaces['eth1'] = 2
    expect(memberships.check()).toBe(true)
    expect(take()).toEqual([`join ${GROUP} 1`, `leave ${GROUP} 1`, expect.stringContaining('lost')])
  })

  it('on an interface without an index, and those without an interface, are never lost', () => {
    const { memberships, interfaces, take } = setUp({ eth1: undefined as never })
    memberships.join(ON, undefined)
    memberships.join({ group: GROUP }, undefined)
    interfaces['eth1'] = 2
    memberships.check()
    expect(take()).toEqual([`join ${GROUP} undefined`, `join ${GROUP} undefined`])
  })
})
