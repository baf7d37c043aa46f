import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { read } from './documents.js'
import { files, root } from './workspace.js'

// docs/behaviour.md promises; tests carry the id of the promise they show. Each promise needs a test, each id a promise.
const list = 'docs/behaviour.md'
const pattern = /\b[A-Z]{3}-\d{2}\b/g

const idsIn = (text: string) => new Set(text.match(pattern) ?? [])

const text = existsSync(join(root, list)) ? read(list) : ''
const listed = idsIn(text)
const demanded = [...listed]

const places = [
  ...[...files(join(root, 'packages'), '.ts'), ...files(join(root, 'testing'), '.ts')].filter(
    (file) =>
      /^\w+.[^/\\]+.test[/\\]|(transport-tests|process-tests|reliability).src[/\\]/.test(
        relative(root, file),
      ),
  ),
  ...files(join(root, 'examples'), '.ts').filter((file) => /[/\\]test[/\\]/.test(file)),
  ...files(join(root, 'bench'), '.ts').filter((file) => /[/\\]test[/\\]/.test(file)),
  ...files(join(root, 'tests'), '.test.ts'),
]
const used = new Map<string, string>()
for (const file of places) {
  for (const id of idsIn(readFileSync(file, 'utf8'))) used.set(id, relative(root, file))
}

test(`${list} lists what the packages do`, () => {
  expect(demanded).not.toEqual([])
})

test(`every id of ${list} is carried by a test`, () => {
  expect(demanded.filter((id) => !used.has(id))).toEqual([])
})

test(`every id that a test carries stands in ${list}`, () => {
  // only where the first three letters do: UTF-16 is not an id
  const prefixes = new Set([...listed].map((id) => id.slice(0, 3)))
  const unknown = [...used].filter(([id]) => prefixes.has(id.slice(0, 3)) && !listed.has(id))
  expect(unknown).toEqual([])
})
