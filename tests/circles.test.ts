import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { circles } from './circles.js'
import { root, workspace } from './workspace.js'

interface Importer {
  readonly [kind: string]: Readonly<Record<string, { readonly version: string }>>
}

/**
 * Which workspace packages pnpm links into each, by folder. The lockfile has them all: dependencies, development dependencies, and
 * the peer dependencies that pnpm installs by itself.
 */
function links(lockfile: string): Map<string, string[]> {
  const head = lockfile.slice(0, lockfile.indexOf('\npackages:'))
  const { importers } = parse(head) as { importers: Readonly<Record<string, Importer>> }
  return new Map(
    Object.entries(importers).map(([folder, kinds]) => [
      folder,
      Object.values(kinds)
        .flatMap((kind) => Object.values(kind).map(({ version }) => version))
        .filter((version) => version?.startsWith('link:'))
        .map((version) => posix.join(folder, version.slice('link:'.length))),
    ]),
  )
}

test('PKG-22 no circle of workspace packages, development dependencies included', () => {
  const graph = links(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'))
  expect(graph.get('packages/peers')).toContain('packages/basic-peer')
  expect(circles(graph)).toEqual([])
})

test.each(workspace.filter(({ scripts }) => scripts?.['compile'] ?? scripts?.['build']))(
  'PKG-23 $name is built by turbo, after what it needs',
  ({ scripts }) => {
    expect(scripts).toMatchObject({ build: 'turbo run compile', compile: expect.any(String) })
  },
)
