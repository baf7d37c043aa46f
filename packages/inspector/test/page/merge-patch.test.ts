import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergePatch } from '../../page/model/merge-patch.js'
import { mergePatch as difference } from '../../src/serve/merge-patch.js'

describe('a merge patch, on the page', () => {
  // The examples of RFC 7396, appendix A.
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('INS-56 %s with %s is %s', (target, patch, result) => {
    expect(JSON.stringify(mergePatch(JSON.parse(target), JSON.parse(patch)))).toBe(result)
  })

  it('INS-56 parts that it does not mention stay the same objects', () => {
    const before = { a: { x: 1 }, b: { x: 1 } }
    const after = mergePatch(before, { a: { x: 2 } }) as typeof before
    expect(after).toEqual({ a: { x: 2 }, b: { x: 1 } })
    expect(after.b).toBe(before.b)
    expect(before.a.x).toBe(1)
  })

  it('INS-56 a member called __proto__ is one like any other', () => {
    const after = mergePatch({}, JSON.parse('{"__proto__":{"state":"failed"}}')) as object
    expect(Object.hasOwn(after, '__proto__')).toBe(true)
    expect('state' in after).toBe(false)
  })

  it('INS-56 undoes what the server did, whatever the two pictures are', () => {
    const value = fc.letrec((tie) => ({
      tree: fc.dictionary(
        fc.constantFrom('a', 'b', 'c', 'constructor'),
        fc.oneof(fc.integer(), fc.string(), tie('tree')),
        { maxKeys: 4, noNullPrototype: true },
      ),
    })).tree
    fc.assert(
      fc.property(value, value, (before, after) => {
        const patch = difference(before as never, after as never)
        const sent = patch === undefined ? {} : JSON.parse(JSON.stringify(patch))
        expect(mergePatch(before, sent)).toEqual(after)
      }),
    )
  })
})
