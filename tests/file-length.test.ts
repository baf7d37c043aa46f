import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { everyPackage, files, root } from './workspace.js'

const MAX_LINES = 300

/** It is to be split. It is an exception only as long as it is longer than this: the exception ends with the split, for good. */
const EXCEPTION = { path: 'packages/core/src/scheduler.ts', unsplitLines: 500 } as const

const sources = everyPackage
  .flatMap(({ directory }) => [join(directory, 'src'), join(directory, 'page')])
  .flatMap((folder) => [...files(folder, '.ts'), ...files(folder, '.tsx')])
  .map((file) => relative(root, file).replaceAll('\\', '/'))

const linesOf = (path: string): number =>
  readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length

test(`PKG-27 no source file is longer than ${MAX_LINES} lines`, () => {
  expect(sources.length).toBeGreaterThan(200)
  const { path, unsplitLines } = EXCEPTION
  const long = sources.filter((each) => linesOf(each) > MAX_LINES)
  expect(long.filter((each) => each !== path || linesOf(each) <= unsplitLines)).toEqual([])
})
