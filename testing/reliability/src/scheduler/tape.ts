import { type Decisions, Random } from '../random.js'

/**
 * Decisions that were written down: the same tape, the same story. Behind its end every decision is 0, which is the
 * plainest there is, so that a part that is cut out of a tape leaves a shorter story.
 */
export class Tape implements Decisions {
  readonly #numbers: readonly number[]
  #at = 0

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers
  }

  roll(below: number): number {
    return (this.#numbers[this.#at++] ?? 0) % below
  }

  get over(): boolean {
    return this.#at >= this.#numbers.length
  }
}

/** Maximum number of trials to shrink a tape. */
const MAX_TRIALS = 3000

/** The numbers of a tape. */
export function record(seed: number, length: number): number[] {
  const random = new Random(seed)
  return Array.from({ length }, () => random.roll(5040 * 11))
}

/** Cuts out of a tape what it fails without, and makes its numbers small. */
export async function shrink(
  tape: readonly number[],
  fails: (tape: readonly number[]) => Promise<boolean>,
): Promise<readonly number[]> {
  let best = tape
  let trials = 0
  const better = async (candidate: readonly number[]): Promise<boolean> => {
    if (trials++ >= MAX_TRIALS || !(await fails(candidate))) return false
    best = candidate
    return true
  }
  for (let before: readonly number[] = []; before !== best && trials < MAX_TRIALS; ) {
    before = best
    for (let size = best.length >> 1; size >= 1; size >>= 1)
      for (let at = best.length - size; at >= 0; at -= size)
        await better([...best.slice(0, at), ...best.slice(at + size)])
    for (let at = 0; at < best.length; at++)
      for (const small of [0, 1, (best[at] as number) % 12, (best[at] as number) >> 1])
        if (small < (best[at] as number) && (await better(best.with(at, small)))) break
  }
  return best
}
