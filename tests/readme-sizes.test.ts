import { expect, test } from 'vitest'
import { bundle } from './bundle.js'
import { read } from './documents.js'
import { packages } from './workspace.js'

/** The table of packages in README.md: name, and kilobytes of 1024 bytes. */
const said = new Map(
  [...read('README.md').matchAll(/^\| \[`(.+?)`\].*\| +(\d+\.\d) kB +\|$/gm)].map(
    ([, name = '', size]) => [name, Number(size)] as const,
  ),
)

test('README.md has a row for every published package', () => {
  expect([...said.keys()].sort()).toEqual(packages.map((p) => p.name).sort())
})

test.each(packages)('PKG-02 $name is as large as README.md says, within 5 %', async ({ name }) => {
  const { gzipBytes } = await bundle(`export * from '${name}'`)
  const ratio = gzipBytes / 1024 / (said.get(name) ?? 0)
  expect(ratio, `${(gzipBytes / 1024).toFixed(1)} kB`).toBeGreaterThan(0.95)
  expect(ratio, `${(gzipBytes / 1024).toFixed(1)} kB`).toBeLessThan(1.05)
})

test('PKG-02 the first lines of README.md have the size of udpng', () => {
  const [, size] = /(\d+) kB minified and compressed/.exec(read('README.md')) ?? []
  expect(Number(size)).toBe(Math.round(said.get('udpng') ?? 0))
})
