import { kindOfHost } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'

describe('kindOfHost', () => {
  it('ADR-04 knows IP literals by their family', () => {
    for (const host of ['127.0.0.1', '0.0.0.0', '255.255.255.255', '224.0.0.1'])
      expect([host, kindOfHost(host)]).toEqual([host, 4])
    for (const host of ['::', '::1', 'fe80::1%eth0', '2001:db8::1', '::ffff:127.0.0.1', 'FF02::1'])
      expect([host, kindOfHost(host)]).toEqual([host, 6])
  })

  it('ADR-04 knows names that can be looked up', () => {
    const label = 'a'.repeat(63)
    const names = [
      'localhost',
      'myserver.com',
      'myserver.com.',
      'a',
      'my-server',
      '_udp.example.org',
    ]
    names.push('1and1.com', '3com', 'xn--bcher-kva.example', 'bücher.example', '127.0.0.1.example')
    names.push(`${label}.${label}.${label}.${label.slice(0, 61)}`)
    for (const host of names) expect([host, kindOfHost(host)]).toEqual([host, 0])
  })

  it.each([
    '256.1.1.1',
    '127.0.0.1 ',
    ' 127.0.0.1',
    '[::1]',
    '',
    '.',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '0x7f000001',
    '0X7F.1',
    '127.0.0.0x1',
    '1.2.3.4.5',
    '127.0.0.1.',
    '127.0.0.1:80',
    '::1:80:',
    'fe80::1%',
    '::g',
    'my server',
    'my\nserver',
    'my\0server',
    'host/24',
    'a..b',
    '.a',
    '-a',
    'a-',
    'a-.b',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(127)}a`,
  ])('ADR-04 refuses %j', (host) => {
    expect(kindOfHost(host)).toBeUndefined()
  })

  it.each([
    undefined,
    null,
    0,
    2130706433,
    127.1,
    {},
    [],
    ['127.0.0.1'],
    Symbol('host'),
    new String('::1'),
  ])('ADR-04 refuses what is not text: %o', (host) => {
    expect(kindOfHost(host)).toBeUndefined()
  })

  it.each(['a', 'a.', '1', '1.', ':', '0', 'ä', '-', 'a-'])(
    'ADR-04 refuses an overlong host of %j in less than a millisecond',
    (part) => {
      const host = part.repeat(2 ** 20)
      const times = Array.from({ length: 5 }, () => {
        const start = performance.now()
        expect(kindOfHost(host)).toBeUndefined()
        return performance.now() - start
      })
      expect(Math.min(...times)).toBeLessThan(1)
    },
  )

  it.each(['a-', 'a', '1.', 'a.', 'é-', '--'])(
    'ADR-04 needs less than a millisecond for the worst host of %j that is not overlong',
    (part) => {
      const host = `${part.repeat(254).slice(0, 253)}!`
      const times = Array.from({ length: 5 }, () => {
        const start = performance.now()
        expect(kindOfHost(host)).toBeUndefined()
        return performance.now() - start
      })
      expect(Math.min(...times)).toBeLessThan(1)
    },
  )
})
