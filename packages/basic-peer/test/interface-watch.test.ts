import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { interfaceIndexes } from '../src/interface-indexes.js'
import { InterfaceWatch } from '../src/interface-watch.js'
import type { Memberships } from '../src/memberships.js'

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  networkInterfaces: vi.fn(),
}))
vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  readFileSync: vi.fn(),
}))

/** /proc/net/igmp and /proc/net/if_inet6, as Linux writes them. */
const IGMP = `Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter
1\tlo        :     1      V3
\t\t\t\t010000E0     1 0:00000000\t\t0
12\tudpng0    :     2      V3
\t\t\t\t0302017F     1 0:00000000\t\t0
\t\t\t\t010000E0     1 0:00000000\t\t0
`
const INET6 = `00000000000000000000000000000001 01 80 10 80       lo
fe800000000000000000000000000001 1f 40 20 80     wg-six
`

/** What the system has: tables by name, and interfaces. */
function system(tables: Record<string, string>, names: string[]): void {
  vi.mocked(readFileSync).mockImplementation((path) => {
    const table = tables[`${path}`]
    if (table === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
    return table
  })
  vi.mocked(networkInterfaces).mockReturnValue(Object.fromEntries(names.map((name) => [name, []])))
}

describe('the indexes of interfaces', () => {
  it('are those of both tables of Linux', () => {
    system({ '/proc/net/igmp': IGMP, '/proc/net/if_inet6': INET6 }, ['lo', 'eth9'])
    expect([...interfaceIndexes()]).toEqual([
      ['lo', 1],
      ['udpng0', 12],
      ['wg-six', 31],
    ])
  })

  it('are those of one table, if there is one', () => {
    system({ '/proc/net/if_inet6': INET6 }, ['lo'])
    expect(Object.fromEntries(interfaceIndexes())).toEqual({ lo: 1, 'wg-six': 31 })
    system({ '/proc/net/igmp': IGMP }, ['lo'])
    expect(Object.fromEntries(interfaceIndexes())).toEqual({ lo: 1, udpng0: 12 })
  })

  it('are not known while a table cannot be read', () => {
    vi.mocked(readFileSync).mockImplementation(() => {
      throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' })
    })
    expect(() => interfaceIndexes()).toThrow('EMFILE')
  })

  it('are 0 for each interface where there is no table', () => {
    system({}, ['en0', 'lo0'])
    expect(Object.fromEntries(interfaceIndexes())).toEqual({ en0: 0, lo0: 0 })
  })
})

describe('the watch of interfaces', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    system({}, ['eth0'])
  })

  function watched(joined: () => boolean = () => true) {
    const watch = new InterfaceWatch()
    const memberships = { check: vi.fn(joined) } as unknown as Memberships
    watch.add(memberships)
    const checks = () => vi.mocked(memberships.check).mock.calls.length
    return { watch, memberships, checks }
  }

  it('checks a second after the start, and then when they have changed', () => {
    const { checks } = watched()
    vi.advanceTimersByTime(999)
    expect(checks()).toBe(0)
    vi.advanceTimersByTime(5001)
    expect(checks()).toBe(1)
    system({}, ['eth0', 'eth1'])
    vi.advanceTimersByTime(5000)
    expect(checks()).toBe(2)
    system({ '/proc/net/igmp': IGMP }, ['eth0', 'eth1'])
    vi.advanceTimersByTime(5000)
    expect(checks()).toBe(3)
  })

  it('checks every second while a group could not be joined', () => {
    let joined = false
    const { checks } = watched(() => joined)
    vi.advanceTimersByTime(3000)
    expect(checks()).toBe(3)
    joined = true
    vi.advanceTimersByTime(5000)
    expect(checks()).toBe(4)
  })

  it('checks a new one although nothing has changed', () => {
    const { watch, memberships, checks } = watched()
    vi.advanceTimersByTime(2000)
    watch.add(memberships)
    vi.advanceTimersByTime(2000)
    expect(checks()).toBe(2)
  })

  it('goes on when the system cannot be asked, or a check fails', () => {
    const results = [true, new Error('odd'), true]
    const { checks } = watched(() => {
      const result = results.shift()
      if (result instanceof Error) throw result
      return true
    })
    vi.mocked(networkInterfaces).mockImplementation(() => {
      throw new Error('EMFILE')
    })
    vi.advanceTimersByTime(3000)
    expect(checks()).toBe(0)
    system({}, ['eth0'])
    vi.advanceTimersByTime(1000)
    expect(checks()).toBe(1)
    system({}, ['eth1'])
    vi.advanceTimersByTime(5000)
    expect(checks()).toBe(3) // the second one failed
  })

  it('has no timer unless something is watched, and looks afresh after that', () => {
    const { watch, memberships, checks } = watched()
    const other = { check: vi.fn(() => true) } as unknown as Memberships
    watch.add(other)
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(1000)
    watch.delete(memberships)
    expect(vi.getTimerCount()).toBe(1)
    watch.delete(other)
    expect(vi.getTimerCount()).toBe(0)
    watch.add(memberships)
    vi.advanceTimersByTime(1000)
    expect(checks()).toBe(2)
  })
})
