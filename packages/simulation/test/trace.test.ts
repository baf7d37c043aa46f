import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Trace } from '../src/trace.js'

describe('a trace', () => {
  it('keeps the last 10 000 lines, in order, and counts and digests all', () => {
    const trace = new Trace()
    const lines: string[] = []
    const add = (count: number): void => {
      for (let i = 0; i < count; i++) {
        lines.push(`line ${lines.length}`)
        trace.add(lines.at(-1) as string)
      }
    }
    for (const count of [0, 1, 9_998, 1, 1, 10_000, 7]) {
      add(count)
      expect(trace.lines).toEqual(lines.slice(-10_000))
      expect(trace.count).toBe(lines.length)
      const digest = createHash('sha256').update(lines.map((line) => `${line}\n`).join(''))
      expect(trace.digest).toBe(digest.digest('hex'))
    }
  })
})
