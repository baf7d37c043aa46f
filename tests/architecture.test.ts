import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { read } from './documents.js'
import { everyPackage, files, root } from './workspace.js'

const text = read('ARCHITECTURE.md')

/** A heading with the folder of a package, and what stands below it, up to the next heading. */
const sections = new Map(
  text.split(/^(?=##+ )/m).flatMap((section) => {
    const [, folder] = /^### ((?:packages|testing)\/.*)\n/.exec(section) ?? []
    return folder ? [[folder, section] as const] : []
  }),
)

const described = everyPackage.map(({ directory }) => ({
  folder: relative(root, directory).replaceAll('\\', '/'),
  directory,
}))

/** The names between backticks that end so. */
const namesIn = (section: string, ending: RegExp): string[] =>
  [...section.matchAll(/`([\w./-]+)`/g)].map(([, name = '']) => name).filter((n) => ending.test(n))

/** Folders in a folder. */
function foldersIn(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

test('PKG-28 ARCHITECTURE.md describes every package, and no other', () => {
  expect([...sections.keys()].sort()).toEqual(described.map(({ folder }) => folder).sort())
})

describe.each(described)('$folder', ({ folder, directory }) => {
  const section = sections.get(folder) ?? ''
  const named = namesIn(section, /\/$/).map((name) => name.slice(0, -1))

  test('PKG-28 every folder of its sources is named in ARCHITECTURE.md', () => {
    const page = join(directory, 'page')
    const all = [...foldersIn(join(directory, 'src')), ...foldersIn(page)]
    expect(all.filter((name) => !named.includes(name))).toEqual([])
  })

  test('PKG-28 every folder and file that is named there exists', () => {
    const places = ['', 'src', 'page'].map((place) => join(directory, place))
    expect(named.filter((name) => !places.some((p) => existsSync(join(p, name))))).toEqual([])
    const sources = ['src', 'page', 'addon'].flatMap((place) => files(join(directory, place), ''))
    const missing = namesIn(section, /\.(ts|tsx|c)$/).filter(
      (name) => !sources.some((file) => file.replaceAll('\\', '/').endsWith(`/${name}`)),
    )
    expect(missing).toEqual([])
  })
})

test('PKG-28 the folders of the map exist', () => {
  const [, map = ''] = /## The map\n(.*?)\n## /s.exec(text) ?? []
  const cells = [...map.matchAll(/^\| (`.*?`) +\|/gm)].map(([, cell = '']) => cell)
  const folders = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, f = '']) => f))
  expect(folders.length).toBeGreaterThan(10)
  expect(folders.filter((folder) => !existsSync(join(root, folder)))).toEqual([])
})
