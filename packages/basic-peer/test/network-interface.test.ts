import { networkInterfaces } from 'node:os'
import { findInterface, zoneNumber } from '@udpng/basic-peer'
import { parseIp } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'

/** All addresses of a family, and the names of their interfaces. */
const addresses = (family: 'IPv4' | 'IPv6') =>
  Object.entries(networkInterfaces()).flatMap(([name, all = []]) =>
    all.filter((one) => one.family === family).map((one) => ({ name, ...one })),
  )

describe('findInterface', () => {
  it('DGM-18 finds one by name, by address, and by other spellings of it', () => {
    for (const { name, address } of addresses('IPv4'))
      for (const given of [address, `::ffff:${address}`])
        expect(findInterface(given, 4)).toEqual({ name, address })
    expect(findInterface('lo', 4)).toMatchObject({ name: 'lo' })
  })

  it('DGM-18 of IPv6, too, with its zone or without', ({ skip }) => {
    const all = addresses('IPv6')
    if (all.length === 0) return skip('this machine has no IPv6')
    for (const { name, address, scopeid = 0 } of all) {
      // The same link-local address may be on several interfaces.
      if (all.filter((one) => one.address === address).length > 1) continue
      const zones = ['', `%${name}`, ...(scopeid > 0 ? [`%${scopeid}`] : [])]
      for (const zone of zones)
        for (const host of [address, address.toUpperCase(), uncompressed(address)]) {
          const given = host + zone
          expect([given, findInterface(given, 6)]).toEqual([given, { name, address }])
        }
    }
  })

  it('DGM-18 throws for what this machine does not have', () => {
    for (const given of ['udpng9', '192.0.2.1', '::ffff:192.0.2.1', ''])
      expect(() => findInterface(given, 4)).toThrow('this machine has no interface')
  })
})

function uncompressed(host: string): string {
  const { bytes = [] } = parseIp(host) ?? {}
  return (Buffer.from(bytes).toString('hex').match(/.{4}/g) ?? []).join(':')
}

describe('zoneNumber', () => {
  it('PER-16 DGM-11 is the number of an interface by name, and a number as it is', ({ skip }) => {
    expect([zoneNumber('7'), zoneNumber('007'), zoneNumber('udpng9')]).toEqual(['7', '7', 'udpng9'])
    expect(zoneNumber('constructor')).toBe('constructor')
    const scoped = addresses('IPv6').find(({ scopeid = 0 }) => scopeid > 0)
    if (!scoped) return skip('no interface has a link-local address')
    expect(zoneNumber(scoped.name)).toBe(String(scoped.scopeid))
  })
})
