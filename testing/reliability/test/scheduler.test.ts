import { byHand, finding, search, seed, sizeOf, type Tried, underRun } from 'reliability'
import { describe, expect, it } from 'vitest'

describe('the scheduler against a simple model', () => {
  it('REL-01 SCH-02 SCH-03 CMP-09 cycle by cycle: every actor that must, and no other, steps once, in turn', async (context) => {
    const tried: Tried = { worlds: 0, operations: 0, steps: 0 }
    const operations = sizeOf({ fast: 100_000, long: 1_000_000 })
    finding(context, 'scheduler, by step()', () => told(tried))
    await search('by-hand', byHand, seed, operations, tried)
    expect(tried.steps).toBeGreaterThan(operations / 10)
  })

  it('REL-01 REL-02 SCH-10 SCH-12 under run(): whatever ends it, all end once, run() settles, nothing is linked', async (context) => {
    const tried: Tried = { worlds: 0, operations: 0, steps: 0 }
    const operations = sizeOf({ fast: 50_000, long: 500_000 })
    finding(context, 'scheduler, by run()', () => told(tried))
    await search('under-run', underRun, seed, operations, tried)
    expect(tried.steps).toBeGreaterThan(operations / 10)
  })
})

function told({ worlds, operations, steps }: Tried): string {
  return `${operations} operations and ${steps} steps in ${worlds} programs`
}
