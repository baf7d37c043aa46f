import { median } from './statistics.js'
import type { Numbers } from './worker.js'

/** One of the ways to do the same thing. */
export interface Contender {
  readonly name: string
  /** Measures it once. */
  readonly measure: () => Promise<Numbers>
}

/** What one contender came to. */
export interface Outcome {
  readonly name: string
  /** Of each number, the median of all repetitions. */
  readonly medians: Numbers
  /** The numbers of each repetition. */
  readonly repetitions: readonly Numbers[]
}

/**
 * Measures the contenders in turn, so many times over, so that whatever else the machine does meets all of them; each time
 * another one begins.
 */
export async function compare(
  contenders: readonly Contender[],
  repetitions: number,
): Promise<readonly Outcome[]> {
  const measured = contenders.map((): Numbers[] => [])
  for (let repetition = 0; repetition < repetitions; repetition++)
    for (let i = 0; i < contenders.length; i++) {
      const turn = (repetition + i) % contenders.length
      measured[turn]?.push(await (contenders[turn] as Contender).measure())
    }
  return contenders.map(({ name }, i) => {
    const all = measured[i] as Numbers[]
    const keys = Object.keys(all[0] ?? {})
    const medians = keys.map((key) => [key, median(all.map((numbers) => numbers[key] as number))])
    return { name, medians: Object.fromEntries(medians), repetitions: all }
  })
}

/**
 * How many times the number of the one is that of the others, or of the best of them: the median of what each repetition
 * says, because what was measured at the same time met the same machine.
 */
export function times(
  outcomes: readonly Outcome[],
  key: string,
  one: string,
  ...others: string[]
): number {
  const numbers = (name: string): number[] =>
    outcomes.find((outcome) => outcome.name === name)?.repetitions.map((each) => each[key] ?? 0) ??
    []
  const best = others.map(numbers)
  return median(
    numbers(one).map((number, i) => number / Math.max(...best.map((each) => each[i] as number))),
  )
}
