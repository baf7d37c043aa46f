import type { OptionTable } from './check.js'
import type { Clock } from './clock.js'
import { oneOf } from './kinds.js'
import type { RunOptions, SchedulerOptions } from './scheduler.js'

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
