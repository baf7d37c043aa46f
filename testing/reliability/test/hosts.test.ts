import { canonicalHost, formatAddress, isPort, isSameHost, kindOfHost } from '@udpng/datagram'
import {
  anyHost,
  anyRecipe,
  attempt,
  corpus,
  expectedKind,
  finding,
  make,
  oddRecipes,
  oneOf,
  Random,
  type Recipe,
  seed,
  sizeOf,
} from 'reliability'
import { describe, expect, it } from 'vitest'

const count = sizeOf({ fast: 40_000, long: 500_000 })

describe('hosts and ports', () => {
  it('REL-06 ADR-04 a text is an address just where node:net says so, else a name, or refused', (context) => {
    const random = new Random(seed)
    const kinds = new Map<unknown, number>()
    const check = (host: string): void => {
      const kind = kindOfHost(host)
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      expect(kind).toBe(expectedKind(host))
      const shown = canonicalHost(host)
      expect(isSameHost(shown, host)).toBe(true)
      if (kind !== 6) expect(shown).toBe(host)
      const text = formatAddress([host, 1500])
      expect(text).toBe(shown.includes(':') ? `[${shown}]:1500` : `${shown}:1500`)
    }
    finding(
      context,
      'hosts',
      () =>
        `${count} hosts: ${kinds.get(4)} of IPv4, ${kinds.get(6)} of IPv6, ${kinds.get(0)} names, ${kinds.get(undefined)} neither`,
    )
    for (const host of corpus<string>('hosts')) attempt('hosts', seed, host, check)
    for (let n = 0; n < count; n++) attempt('hosts', seed, anyHost(random), check)
    for (const kind of [4, 6, 0, undefined])
      expect(kinds.get(kind) ?? 0).toBeGreaterThan(count / 100)
  })

  it('REL-06 ADR-02 whatever a host or a port is, it is classified, and nothing is thrown', (context) => {
    const random = new Random(seed)
    finding(context, 'hosts and ports that are anything', () => `${count} values`)
    const check = (recipe: Recipe): void => {
      const value = make(recipe)
      if (typeof value !== 'string') expect(kindOfHost(value)).toBeUndefined()
      const least = oneOf(random, [0, 1])
      const whole = typeof value === 'number' && value === Math.floor(value)
      expect(isPort(value, least)).toBe(whole && value >= least && value <= 65_535)
    }
    for (const recipe of [...corpus<Recipe>('values'), ...oddRecipes])
      attempt('values', seed, recipe, check)
    for (let n = 0; n < count; n++) attempt('values', seed, anyRecipe(random), check)
  })
})
