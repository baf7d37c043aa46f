import { existsSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { read } from './documents.js'
import { files, packages, root } from './workspace.js'

// ARCHITECTURE.md has a line for every source file, below a heading with the folder; those of a folder in it below its line.
const sections = read('ARCHITECTURE.md')
  .split(/^(?=#+ )/m)
  .map((section) => {
    const [, folder = ''] = /^### (packages\/.*)/.exec(section) ?? []
    const lines = section.split('\n').filter((line) => /^ *- `(?![\w-]+\/`)/.test(line))
    // A line may name several files, before its colon.
    const names = lines.flatMap((line) =>
      [...(line.split(': ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    )
    return { folder, names }
  })
  .filter(({ folder }) => folder !== '')

test('ARCHITECTURE.md has a list of files for every published package', () => {
  const folders = packages.map((p) => `${relative(root, p.directory).replaceAll('\\', '/')}/src`)
  expect(sections.map(({ folder }) => folder).sort()).toEqual(folders.sort())
})

describe.each(sections)('$folder', ({ folder, names }) => {
  test('every source file has its line in ARCHITECTURE.md, and every line its file', () => {
    const sources = files(join(root, folder), '.ts').map((file) => basename(file))
    expect([...names].sort()).toEqual(sources.sort())
  })
})

test('the folders of the map exist', () => {
  const [, map = ''] = /## The map\n(.*?)\n## /s.exec(read('ARCHITECTURE.md')) ?? []
  const cells = [...map.matchAll(/^\| (`.*?`) +\|/gm)].map(([, cell = '']) => cell)
  const folders = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, f = '']) => f))
  expect(folders.length).toBeGreaterThan(10)
  expect(folders.filter((folder) => !existsSync(join(root, folder)))).toEqual([])
})
