import { turn } from 'test-support'

/** Enough turns of the event loop for all pending events. */
export async function quiet(turns = 50): Promise<void> {
  for (let i = 0; i < turns; i++) await turn()
}
