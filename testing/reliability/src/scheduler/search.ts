import { corpus } from '../corpus.js'
import { Random } from '../random.js'
import type { Play } from './play.js'
import { record, shrink, Tape } from './tape.js'

/** Numbers of one tape. */
const LENGTH = 400

/** What was tried. */
export interface Tried {
  worlds: number
  operations: number
  steps: number
}

/**
 * Plays the tapes of the corpus, then one tape after the other until the number of operations is reached. A tape that fails is
 * made as short as it can be, and its story told.
 */
export async function search(
  name: string,
  play: Play,
  seed: number,
  operations: number,
  tried: Tried,
): Promise<void> {
  const tapes = corpus<readonly number[]>(name)
  const seeds = new Random(seed)
  for (let n = 0; tried.operations < operations || n < tapes.length; n++) {
    const tape = tapes[n] ?? record(seeds.roll(2 ** 31), LENGTH)
    try {
      const world = await play(new Tape(tape))
      tried.worlds++
      tried.operations += world.operations
      tried.steps += world.steps
    } catch (cause) {
      throw await explained(name, play, seed, tape, cause)
    }
  }
}

async function explained(
  name: string,
  play: Play,
  seed: number,
  tape: readonly number[],
  cause: unknown,
): Promise<Error> {
  const why = (error: unknown): string => String((error as Error).message)
  const shortest = await shrink(tape, async (candidate) => {
    try {
      await play(new Tape(candidate))
      return false
    } catch {
      return true
    }
  })
  const story: string[] = []
  let last = why(cause)
  try {
    await play(new Tape(shortest), story)
  } catch (error) {
    last = why(error)
  }
  return new Error(
    [
      `${last} (SEED=${seed})`,
      ...story.slice(-100),
      `tape, for corpus/${name}.json: ${JSON.stringify(shortest)}`,
    ].join('\n'),
    { cause },
  )
}
