import { type Clock, Inbox, link, Scheduler } from '@udpng/core'
import type { Transformer } from '@udpng/flow'

/** Steps that any of these parts needs for the messages of a test, and some more. */
const STEPS = 20

/** What leaves a part when all this has come in. */
export function through<In, Out>(
  part: Transformer<In, Out>,
  messages: readonly unknown[],
): unknown[] {
  const { put, got } = running(part)
  put(...messages)
  return got()
}

/** A part that runs. */
export interface RunningPart {
  readonly put: (...messages: readonly unknown[]) => void
  /** All that has left it. */
  readonly got: () => unknown[]
}

export function running<In, Out>(part: Transformer<In, Out>, clock?: Clock): RunningPart {
  const scheduler = new Scheduler(clock && { clock })
  const taken = new Inbox<unknown>('What left it', { capacity: Infinity })
  link(scheduler.activate(part).outbox, taken)
  const all: unknown[] = []
  return {
    put: (...messages) => {
      for (const message of messages) part.inbox.deliver(message as In)
      for (let step = 0; step < STEPS; step++) scheduler.step()
    },
    got: () => {
      all.push(...taken)
      return all
    },
  }
}
