import { beforeAll, describe, expect, test } from 'vitest'
import { type Bundle, bundle } from './bundle.js'
import { packages } from './workspace.js'

/** One kilobyte is 1024 bytes here, minified and compressed by gzip. */
const KB = 1024

const entries = packages.flatMap((p) => p.entries)

describe('what a bare import leaves in a bundle', () => {
  test.each(entries)('PKG-02 import %j: 0 bytes', async (entry) => {
    expect((await bundle(`import '${entry}'`)).text).toBe('')
  })

  test.each(entries)('PKG-02 import %j: 0 bytes, by proof, not by promise', async (entry) => {
    const { text } = await bundle(`import '${entry}'`, { trust: false })
    // modules that are not ours are outside the bundle: nobody can prove that importing them does nothing
    const outside = /import\s*((?:[\w$]+|\*as [\w$]+|\{[^}]*\})\s*from\s*)?"[@\w:./-]+";?/g
    expect(text.replaceAll(outside, '').trim()).toBe('')
  })
})

test('PKG-02 all of @udpng/core is at most 7 kB', async () => {
  expect((await bundle("export * from '@udpng/core'")).gzipBytes).toBeLessThanOrEqual(7 * KB)
})

describe.each(['@udpng/peers', '@udpng/peers/udp-sender', 'udpng'])('UDPSender from %s', (from) => {
  let sender: Bundle
  beforeAll(async () => {
    sender = await bundle(`export { UDPSender } from '${from}'`)
  })

  test('PKG-02 is there', () => {
    expect(sender.text).toContain('UDPSender')
  })

  test('PKG-02 is at most 14 kB with all it needs', () => {
    expect(sender.gzipBytes).toBeLessThanOrEqual(14 * KB)
  })

  test.each(['PostboxPeer', 'Graphline', 'SimplePeer', 'ConsoleReader', 'TargettedPeer'])(
    'PKG-02 brings no trace of %s',
    (other) => {
      // An error message names them all.
      expect(sender.text.replace(/BasicPeer has no take[^"]*/, '')).not.toContain(other)
    },
  )
})
