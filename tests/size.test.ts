import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Bundle, bundle } from './bundle.js'
import { read } from './documents.js'
import { packages, root } from './workspace.js'

/** One kilobyte is 1024 bytes here, minified and compressed by gzip. */
const KB = 1024

const entries = packages.flatMap((p) => p.entries)

/** Entries that are imported for what they do. */
const FOR_EFFECT = [
  '@udpng/dgram/impair',
  '@udpng/dgram/record',
  '@udpng/dgram/register',
  '@udpng/dgram/samples',
]
const pure = entries.filter((entry) => !FOR_EFFECT.includes(entry))

describe('what a bare import leaves in a bundle', () => {
  test.each(pure)('PKG-02 import %j: 0 bytes', async (entry) => {
    expect((await bundle(`import '${entry}'`)).text).toBe('')
  })

  test.each(pure)('PKG-02 import %j: 0 bytes, by proof, not by promise', async (entry) => {
    const { text } = await bundle(`import '${entry}'`, { trust: false })
    // modules that are not ours are outside the bundle: it cannot be proved that importing them does nothing
    const outside = /import\s*((?:[\w$]+|\*as [\w$]+|\{[^}]*\})\s*from\s*)?"[@\w:./-]+";?/g
    expect(text.replaceAll(outside, '').trim()).toBe('')
  })
})

const changesets = readdirSync(join(root, '.changeset'))
  .filter((file) => file.endsWith('.md'))
  .map((file) => read(`.changeset/${file}`))

/** The size that the changesets say, or else the newest change log of the package. */
function saidSize(what: string, folder: string): number {
  const log = join(folder, 'CHANGELOG.md')
  const logs = existsSync(join(root, log)) ? [read(log)] : []
  const said = (texts: readonly string[]) =>
    texts.flatMap((text) => {
      const [, bytes] = text.match(`Size of \`${what}\`: (\\d+) bytes`) ?? []
      return bytes === undefined ? [] : [Number(bytes)]
    })
  return Math.max(...said(changesets), 0) || (said(logs)[0] ?? 0)
}

test.each([
  ['@udpng/core', "export * from '@udpng/core'", 'packages/core', 9 * KB],
  ['UDPSender', "export { UDPSender } from '@udpng/peers'", 'packages/peers', 20 * KB],
])(
  'PKG-02 %s grows by at most 2 %% without a changeset that says its size, and has a budget',
  async (what, program, folder, budget) => {
    const { gzipBytes } = await bundle(program)
    const advice = `say why in a changeset, with the line: Size of \`${what}\`: ${gzipBytes} bytes`
    expect(gzipBytes, advice).toBeLessThanOrEqual(1.02 * saidSize(what, folder))
    expect(gzipBytes).toBeLessThanOrEqual(budget)
  },
)

describe.each(['@udpng/peers', '@udpng/peers/udp-sender', 'udpng'])('UDPSender from %s', (from) => {
  let sender: Bundle
  beforeAll(async () => {
    sender = await bundle(`export { UDPSender } from '${from}'`)
  })

  test('PKG-02 is there', () => {
    expect(sender.text).toContain('UDPSender')
  })

  test('PKG-02 is at most 20 kB with all it needs', () => {
    expect(sender.gzipBytes).toBeLessThanOrEqual(20 * KB)
  })

  test.each(['PostboxPeer', 'Graphline', 'SimplePeer', 'ConsoleReader', 'TargettedPeer'])(
    'PKG-02 brings no trace of %s',
    (other) => {
      // An error message names them all.
      expect(sender.text.replace(/BasicPeer has no take[^"]*/, '')).not.toContain(other)
    },
  )
})
