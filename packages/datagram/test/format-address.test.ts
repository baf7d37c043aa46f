import { formatAddress } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'

describe('formatAddress', () => {
  it('BND-04 puts an IPv6 host in brackets', () => {
    expect(formatAddress(['127.0.0.1', 80])).toBe('127.0.0.1:80')
    expect(formatAddress(['::1', 80])).toBe('[::1]:80')
    expect(formatAddress(['fe80::1%eth0', 80])).toBe('[fe80::1%eth0]:80')
  })

  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1:5'],
    ['::FFFF:c000:0201', '192.0.2.1:5'],
    ['2001:DB8:0:0:0:0:0:1', '[2001:db8::1]:5'],
    ['FE80:0::1%eth0', '[fe80::1%eth0]:5'],
    ['0:0:0:0:0:0:0:1%lo', '[::1]:5'],
    ['::ffff:1', '[::ffff:1]:5'],
    ['Name.example', 'Name.example:5'],
    ['not:a:host', '[not:a:host]:5'],
    ['', ':5'],
  ])('DGM-06 %s is written one way', (host, text) => {
    expect(formatAddress([host, 5])).toBe(text)
  })
})
