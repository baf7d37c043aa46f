import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergePatch } from '../src/serve/merge-patch.js'
import { merge } from './merge.js'

/** What pictures are made of: no `null`, no arrays. */
const { node: json } = fc.letrec<{ node: object; value: unknown }>((tie) => ({
  node: fc.dictionary(fc.constantFrom('a', 'b', 'c', '', '__proto__', 'toString'), tie('value'), {
    maxKeys: 5,
    noNullPrototype: true,
  }),
  value: fc.oneof({ depthSize: 'small' }, fc.integer(), fc.string(), fc.boolean(), tie('node')),
}))

describe('a merge patch', () => {
  it('INS-07 makes exactly the one of the other, whatever they are', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const patch = mergePatch(before, after)
        const sent = JSON.parse(JSON.stringify(patch ?? {}))
        expect(merge(before, sent)).toEqual(after)
        expect(patch === undefined).toBe(isDeepStrictEqual(before, after))
      }),
      { numRuns: 2000 },
    )
  })

  it('INS-07 says what has changed, and nothing else', () => {
    const before = { time: 1, components: { a: { n: 1, boxes: { x: 1 } }, b: { n: 2 } } }
    const after = { time: 2, components: { a: { n: 1, boxes: { x: 3 } } } }
    expect(mergePatch(before, after)).toEqual({
      time: 2,
      components: { a: { boxes: { x: 3 } }, b: null },
    })
    expect(mergePatch(before, before)).toBeUndefined()
  })
})
