import { isGroup } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'

describe('isGroup', () => {
  it.each(['224.0.0.1', '239.255.255.255', 'ff02::1', 'FF05:0::2'])(
    'DGM-09 %s is a group',
    (host) => {
      expect(isGroup(host)).toBe(true)
    },
  )

  it.each([
    '223.255.255.255',
    '240.0.0.0',
    'fe80::1',
    '::ffff:224.0.0.1',
    'ff02::1%lo',
    'all-hosts.example.org',
    '',
    undefined,
    224,
  ])('DGM-09 %s is not', (host) => {
    expect(isGroup(host)).toBe(false)
  })
})
