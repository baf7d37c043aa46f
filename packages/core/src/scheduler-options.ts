import type { OptionTable } from './check.js'
import type { Clock } from './clock.js'
import { oneOf } from './kinds.js'

/** Options of a scheduler. */
export interface SchedulerOptions {
  /** The source of time (default: real time). */
  readonly clock?: Clock
  /**
   * The effect of an uncaught error in a component that no parent contains (`Component.onChildFailure`). `"stop"` (default): close
   * all components and reject `run()`. `"isolate"`: end only the failed component (Axon's immortalise).
   */
  readonly onFailure?: 'stop' | 'isolate'
}

/** Options of one run. */
export interface RunOptions {
  /** An abort sends shutdownMicroprocess to every component; `run()` resolves once all have ended. */
  readonly signal?: AbortSignal
}

/** Options of `new Scheduler`. */
export const SCHEDULER_OPTIONS: OptionTable<SchedulerOptions> = {
  clock: {
    kind: {
      accepts: (value) => typeof (value as Clock).after === 'function',
      must: () => 'a Clock',
    },
  },
  onFailure: { kind: oneOf, values: ['stop', 'isolate'], default: 'stop' },
}

/** Options of `run()`, and of `messages`. */
export const RUN_OPTIONS: OptionTable<RunOptions> = {
  signal: {
    kind: {
      accepts: (value) => typeof (value as AbortSignal).addEventListener === 'function',
      must: () => 'an AbortSignal',
    },
  },
}
