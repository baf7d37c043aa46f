import { beforeAll, describe, expect, test } from 'vitest'
import { bundle } from './bundle.js'
import { packages, run } from './workspace.js'

const peers: Readonly<Record<string, string>> = {
  '@udpng/peers/simple-peer': 'SimplePeer',
  '@udpng/peers/targetted-peer': 'TargettedPeer',
  '@udpng/peers/postbox-peer': 'PostboxPeer',
  '@udpng/peers/udp-sender': 'UDPSender',
  '@udpng/peers/udp-receiver': 'UDPReceiver',
}

/** The names each entry exports, and those of them that are the very same as in `@udpng/peers`. */
let found: Record<string, { readonly names: string[]; readonly same: string[] }>

beforeAll(async () => {
  const program = `
    const all = await import('@udpng/peers')
    const found = {}
    for (const entry of ${JSON.stringify(['@udpng/peers', ...Object.keys(peers)])}) {
      const exports = await import(entry)
      const names = Object.keys(exports)
      found[entry] = { names, same: names.filter((name) => exports[name] === all[name]) }
    }
    console.log(JSON.stringify(found))
  `
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program])
  found = JSON.parse(stdout)
})

test('PKG-04 @udpng/peers has one subpath for each peer, and no other', () => {
  const entries = packages.find((p) => p.name === '@udpng/peers')?.entries ?? []
  expect([...entries].sort()).toEqual(['@udpng/peers', ...Object.keys(peers)].sort())
})

test('PKG-04 @udpng/peers exports the five', () => {
  expect(found['@udpng/peers']?.names).toEqual(expect.arrayContaining(Object.values(peers)))
})

describe.each(Object.entries(peers))('%s', (entry, peer) => {
  test(`PKG-04 exports ${peer}, and no other peer`, () => {
    const { names = [] } = found[entry] ?? {}
    expect(names.filter((name) => Object.values(peers).includes(name))).toEqual([peer])
  })

  test('PKG-04 exports nothing that @udpng/peers does not export, the same one', () => {
    expect(found[entry]?.same).toEqual(found[entry]?.names)
  })

  test('PKG-04 brings no other peer into a bundle', async () => {
    const { text } = await bundle(`export * from '${entry}'`)
    // The error of running a BasicPeer names all five.
    const code = text.replace(/BasicPeer has no take.*?UDPReceiver/s, '')
    expect(code).not.toBe(text)
    expect(Object.values(peers).filter((name) => code.includes(name))).toEqual([peer])
  })
})
