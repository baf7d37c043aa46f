import type { Option, OptionTable } from './check.js'
import type { Clock } from './clock.js'
import type { ErrorReport } from './error-reports.js'
import { callback, oneOf } from './kinds.js'

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
  readonly signal?: AbortSignal | undefined
  /**
   * Called at once with each error that a component reports while its `errors` outbox is not linked (default: the first error of
   * each part and code is a process warning, later ones are only counted). A listener that throws, or whose promise rejects, affects
   * nothing else; an error at which it throws may become a process warning. Reports may be as frequent as datagrams, so it should be
   * quick, and log only some of them: `count` is 1 for the first of a kind.
   */
  readonly onReport?: ((report: ErrorReport) => void) | undefined
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

/** The option of `run()` and of `messages`. */
export const SIGNAL: Option = {
  kind: {
    accepts: (value) => typeof (value as AbortSignal).addEventListener === 'function',
    must: () => 'an AbortSignal',
  },
}

/** Options of `run()`. */
export const RUN_OPTIONS: OptionTable<RunOptions> = {
  signal: SIGNAL,
  onReport: { kind: callback },
}
