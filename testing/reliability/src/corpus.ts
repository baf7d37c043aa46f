import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The inputs that are tried first in every run: `corpus/<name>.json`, a list. */
export function corpus<T>(name: string): readonly T[] {
  const file = join(import.meta.dirname, '../corpus', `${name}.json`)
  return JSON.parse(readFileSync(file, 'utf8')) as T[]
}

/**
 * Tries an input; when it fails, says how to try it again.
 *
 * @param input - plain data, as it stands in the corpus
 */
export function attempt<T>(name: string, seed: number, input: T, check: (input: T) => void): void {
  try {
    check(input)
  } catch (cause) {
    throw new Error(
      `${(cause as Error).message}\ninput, for corpus/${name}.json (SEED=${seed}): ${JSON.stringify(input)}`,
      { cause },
    )
  }
}
