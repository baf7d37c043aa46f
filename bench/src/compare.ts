import { median } from './statistics.js'
import type { Numbers } from './worker.js'

/** One of the ways to do the same thing. */
export interface Contender {
  readonly name: string
  /** Makes it ready, in processes of its own. */
  readonly open: () => Promise<Entrant>
}

/** A contender that is ready. */
export interface Entrant {
  /** Measures it once. */
  readonly measure: () => Promise<Numbers>
  readonly close: () => void
}

/** How often each measures in a repetition: first to warm up, then for the result. */
export interface Turns {
  readonly warmUp: number
  readonly counted: number
}

/** What one contender came to. */
export interface Outcome {
  readonly name: string
  /** Of each number, the median of all repetitions. */
  readonly medians: Numbers
  /** The numbers of each repetition, each the mean of its turns. */
  readonly repetitions: readonly Numbers[]
}

const ONCE: Turns = { warmUp: 0, counted: 1 }

/**
 * Measures the contenders in short turns, one after the other, so that whatever else the machine does meets all of
 * them; each round another one begins. Each repetition has new processes.
 */
export async function compare(
  contenders: readonly Contender[],
  repetitions: number,
  { warmUp, counted }: Turns = ONCE,
): Promise<readonly Outcome[]> {
  const measured = contenders.map((): Numbers[] => [])
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const entrants: Entrant[] = []
    const turns = contenders.map((): Numbers[] => [])
    try {
      for (const { open } of contenders) entrants.push(await open())
      for (let round = 0; round < warmUp + counted; round++)
        for (let i = 0; i < entrants.length; i++) {
          const turn = (repetition + round + i) % entrants.length
          const numbers = await (entrants[turn] as Entrant).measure()
          if (round >= warmUp) turns[turn]?.push(numbers)
        }
    } finally {
      for (const entrant of entrants) entrant.close()
    }
    for (const [i, numbers] of turns.entries())
      measured[i]?.push(each(numbers, (values) => values.reduce((a, b) => a + b) / values.length))
  }
  return contenders.map(({ name }, i) => {
    const all = measured[i] as Numbers[]
    return { name, medians: each(all, median), repetitions: all }
  })
}

/** Makes one number of all that have the same name. */
function each(all: readonly Numbers[], one: (values: readonly number[]) => number): Numbers {
  const keys = Object.keys(all[0] ?? {})
  return Object.fromEntries(
    keys.map((key) => [key, one(all.map((numbers) => numbers[key] as number))]),
  )
}

/**
 * How many times the number of the one is that of another, of several the best: the median of what each repetition
 * says, because what was measured at the same time met the same machine.
 */
export function times(
  outcomes: readonly Outcome[],
  key: string,
  one: string,
  ...others: string[]
): number {
  const numbers = (name: string): number[] =>
    outcomes.find((outcome) => outcome.name === name)?.repetitions.map((all) => all[key] ?? 0) ?? []
  const ours = numbers(one)
  return Math.min(
    ...others.map((other) => {
      const theirs = numbers(other)
      return median(ours.map((number, i) => number / (theirs[i] as number)))
    }),
  )
}

/** Adds to each outcome how many times the number of another one its own is: by name of the new number, who the other is. */
export function relate(
  outcomes: readonly Outcome[],
  key: string,
  others: Readonly<Record<string, string>>,
): readonly Outcome[] {
  return outcomes.map((outcome) => ({
    ...outcome,
    medians: {
      ...outcome.medians,
      ...Object.fromEntries(
        Object.entries(others).map(([name, other]) => [
          name,
          times(outcomes, key, outcome.name, other),
        ]),
      ),
    },
  }))
}
