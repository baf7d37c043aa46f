import { Scheduler } from '@udpng/core'
import { assemble, draw } from '@udpng/graph'
import { openSockets } from 'test-support'
import { describe, expect, it, vi } from 'vitest'
import { mutate, random } from './mutate.js'
import { filesIn, read } from './read.js'

/** How many files are tried; each follows from a seed of its own, so that one that fails can be tried alone. */
const FILES = process.env['UDPNG_LONG'] ? 100_000 : 3000
const FIRST = Number(process.env['SEED'] ?? 1)
/** For one file of some thousand bytes: milliseconds on any machine, so this is a hang. */
const HANG_MS = 60_000

const good = filesIn('good').map(([, text]) => text)
const wrong = filesIn('wrong').map(([, text]) => text)

describe('any file at all', () => {
  it.each(filesIn('good'))('CLI-52 %s is good to begin with', (_, text) => {
    expect(read(text)).toEqual({ graph: expect.anything(), errors: [], warnings: [] })
  })

  it(`CLI-52 ${FILES} mutated files: a good graph, or errors with their places; nothing runs`, {
    timeout: FILES * 200,
  }, () => {
    const activate = vi.spyOn(Scheduler.prototype, 'activate')
    const sockets = openSockets()
    const outcomes = { good: 0, wrong: 0 }
    for (let seed = FIRST; seed < FIRST + FILES; seed++) {
      const bytes = mutate(good, wrong, random(seed))
      try {
        const before = performance.now()
        outcomes[outcomeOf(bytes)]++
        expect(performance.now() - before).toBeLessThan(HANG_MS)
      } catch (cause) {
        throw new Error(`SEED=${seed}: ${JSON.stringify(bytes.toString())}`, { cause })
      }
    }
    expect(activate).not.toHaveBeenCalled()
    expect(openSockets()).toBe(sockets)
    // both kinds were there
    expect(outcomes.good).toBeGreaterThan(FILES / 50)
    expect(outcomes.wrong).toBeGreaterThan(FILES / 5)
  })
})

/** Reads a file, and checks that the outcome is one. */
function outcomeOf(bytes: Buffer): 'good' | 'wrong' {
  const { graph, errors, warnings } = read(bytes)
  const lines = bytes.toString().split(/\r?\n/)
  for (const error of [...errors, ...warnings]) {
    const [, line, column] = /^f\.yaml:(\d+):(\d+): [^\r\n]+$/.exec(error) ?? []
    if (line === undefined || Number(line) < 1 || Number(line) > lines.length)
      throw new Error(`nowhere: ${error}`)
    if (Number(column) < 1 || Number(column) > 2 + (lines[Number(line) - 1] ?? '').length)
      throw new Error(`beyond its line: ${error}`)
  }
  if (!graph && errors.length === 0) throw new Error('neither a graph nor an error')
  if (!graph) return 'wrong'
  if (errors.length > 0) throw new Error('a graph and errors')
  // what was found good can be put together, and drawn
  assemble(graph)
  draw(graph)
  return 'good'
}
