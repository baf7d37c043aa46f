import { turn } from './manual-clock.js'

/** Waits for a fact to come true, turn by turn; rejects with `what` when it does not in time. */
export async function eventually(
  fact: () => boolean,
  what: string | (() => string) = 'the fact',
  withinMs = 60_000,
): Promise<void> {
  const end = performance.now() + withinMs
  while (!fact()) {
    if (performance.now() > end)
      throw new Error(
        `${typeof what === 'string' ? what : what()} did not come true in ${withinMs} ms`,
      )
    await turn()
  }
}
