import { turn } from 'test-support'

/** So many turns of the event loop that whatever was going to happen has happened. */
export async function quiet(turns = 50): Promise<void> {
  for (let i = 0; i < turns; i++) await turn()
}
