import { type Address, AddressSet } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'

const zoneNumber = (zone: string): string => (zone === 'eth0' ? '2' : zone)

describe('AddressSet', () => {
  const set = new AddressSet(
    [
      ['FE80:0::1%2', 5],
      ['::ffff:192.0.2.1', 6],
      ['name.test', 7],
    ],
    zoneNumber,
  )

  it.each<Address>([
    ['fe80::1%eth0', 5],
    ['fe80::1%2', 5],
    ['FE80:0::1%2', 5],
    ['192.0.2.1', 6],
    ['::ffff:c000:201', 6],
    ['name.test', 7],
  ])('DGM-05 has %s %i, the first time and again', (...address) => {
    for (let i = 0; i < 3; i++) expect(set.has([...address])).toBe(true)
  })

  it.each<Address>([
    ['fe80::1%eth0', 6],
    ['fe80::1%eth1', 5],
    ['fe80::1', 5],
    ['fe80::2%eth0', 5],
    ['192.0.2.1', 5],
    ['192.0.2.2', 6],
    ['192.0.2.2', 8],
    ['NAME.test', 7],
    ['', 5],
  ])('DGM-05 has not %s %i', (...address) => {
    for (let i = 0; i < 3; i++) expect(set.has([...address])).toBe(false)
  })

  it('DGM-05 parses a new spelling of a member once, and others only at the port of a member', () => {
    let asked = 0
    const counting = new AddressSet([['fe80::1%2', 5]], (zone) => {
      asked++
      return zoneNumber(zone)
    })
    for (let i = 0; i < 100; i++) expect(counting.has(['fe80::1%eth0', 5])).toBe(true)
    expect(asked).toBe(2)
    for (let i = 0; i < 100; i++) {
      expect(counting.has(['fe80::1%eth1', 6])).toBe(false)
      expect(counting.has([`fe80::${i + 2}%eth1`, 5])).toBe(false)
    }
    expect(asked).toBe(2)
  })

  it('DGM-05 remembers a bounded number of spellings, and is right beyond', () => {
    const spelled = new AddressSet([['::', 5]])
    const zeros = (n: number): string =>
      Array.from({ length: 8 }, (_, i) => '0'.repeat(1 + ((n >> (2 * i)) & 3))).join(':')
    for (let n = 0; n < 1000; n++) expect(spelled.has([zeros(n), 5])).toBe(true)
    expect(spelled.has(['::1', 5])).toBe(false)
  })

  it('DGM-05 an empty one has nothing', () => {
    expect(new AddressSet([]).has(['192.0.2.1', 5])).toBe(false)
    expect(new AddressSet([]).has(['', 0])).toBe(false)
  })
})
