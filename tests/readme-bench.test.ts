import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { read } from './documents.js'
import { root } from './workspace.js'

/** The words and numbers of a table, however it is laid out. */
const plain = (text: string) => text.replaceAll(/[\s|:-]+/g, ' ').trim()

const measured = existsSync(join(root, 'bench/results.md'))

test.skipIf(!measured)('README.md shows what the last full run of the benchmarks came to', () => {
  const [head = ''] = read('bench/results.md').split(/^### /m)
  const [, shown = ''] = /<!-- bench -->\n(.*?)<!-- \/bench -->/s.exec(read('README.md')) ?? []
  expect(plain(shown)).toBe(plain(head))
})
