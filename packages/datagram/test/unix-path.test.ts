import {
  formatAddress,
  isUnixPath,
  kindOfHost,
  MAX_UNIX_PATH_BYTES,
  unixPathObjection,
} from '@udpng/datagram'
import { describe, expect, it } from 'vitest'

describe('addresses of Unix sockets', () => {
  it('UNX-07 are absolute paths, and names after @; none of them is a host', () => {
    for (const path of ['/run/x', '/', '@x', '@', '@/x', '/ä\n']) {
      expect([isUnixPath(path), kindOfHost(path)]).toEqual([true, undefined])
      expect(formatAddress([path, 0])).toBe(path)
    }
    for (const other of ['', 'x', './x', '127.0.0.1', '::1', ' /x', 7, undefined, ['/x']])
      expect(isUnixPath(other)).toBe(false)
    expect(formatAddress(['', 0])).toBe('(unnamed)')
    expect(formatAddress(['/x', 5])).toBe('/x:5') // of no socket
  })

  it('UNX-07 have at most 107 bytes, and no zero', () => {
    const longest = 'x'.repeat(MAX_UNIX_PATH_BYTES - 1)
    for (const path of [`/${longest}`, `@x${longest}`, '/x', '@x', `/${'€'.repeat(35)}`])
      expect(unixPathObjection(path)).toBeUndefined()
    for (const path of [`/x${longest}`, `@xx${longest}`, `/${'€'.repeat(36)}`])
      expect(unixPathObjection(path)).toBe('of at most 107 bytes, the limit of the system')
    for (const path of ['/', '@', '/a\0', '@\0a'])
      expect(unixPathObjection(path)).toBe('a path, or @name')
  })
})
