import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { read } from './documents.js'
import { root } from './workspace.js'

/** The words and numbers of a table, however it is laid out. */
const plain = (text: string) => text.replaceAll(/[\s|:-]+/g, ' ').trim()

/** What a document has between two marks. */
const between = (document: string, mark: string) =>
  new RegExp(`<!-- ${mark} -->\n(.*?)<!-- /${mark} -->`, 's').exec(read(document))?.[1] ?? ''

const measured = existsSync(join(root, 'bench/results.md'))

test.skipIf(!measured)('bench/README.md shows the last full run of the benchmarks', () => {
  const [head = ''] = read('bench/results.md').split(/^### /m)
  expect(plain(between('bench/README.md', 'bench'))).toBe(plain(head))
})

test.skipIf(!measured)('README.md shows the bars of the last full run of the benchmarks', () => {
  expect(between('README.md', 'rates')).toBe(read('bench/rates.md'))
})
