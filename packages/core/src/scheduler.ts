import { admit, bury, objectionTo, type Place } from './admission.js'
import { archive } from './archive.js'
import { check } from './check.js'
import { childToClose } from './child-to-close.js'
import { type Clock, systemClock } from './clock.js'
import { Component } from './component.js'
import { type ShutdownMicroprocess, shutdownMicroprocess } from './control.js'
import { Endings } from './endings.js'
import { ErrorReports } from './error-reports.js'
import { type ErrorCode, UdpngError } from './errors.js'
import { Listeners } from './listeners.js'
import { ENDED, Microprocess, READY } from './microprocess.js'
import { Names } from './names.js'
import { RunQueue } from './run-queue.js'
import { Runs } from './runs.js'
import type { SchedulerEvent } from './scheduler-event.js'
import {
  RUN_OPTIONS,
  type RunOptions,
  SCHEDULER_OPTIONS,
  type SchedulerOptions,
} from './scheduler-options.js'
import { show } from './show.js'
import { type Snapshot, takeSnapshot } from './snapshot.js'
import { watchForStuckRun } from './stuck-run.js'
import { stepThread } from './thread.js'
import { TimeSlices } from './time-slices.js'

/**
 * Runs components: round robin, one step of each per cycle, in activation order, without
 * blocking the event loop. With all components paused it uses no CPU: no timer, no wake-up.
 *
 * @see Axon.Scheduler
 */
export class Scheduler {
  /** The source of time: for `sleep`, timeouts and time slices. */
  declare readonly clock: Clock
  readonly #isolate: boolean
  readonly #living = new Set<Microprocess>()
  /** @internal The parent, for accounts, of those that have none. */
  readonly root: Microprocess = Microprocess.ofNoComponent('scheduler')
  readonly #names = new Names()
  readonly #errorReports = new ErrorReports()
  readonly #endings: Endings
  readonly #services = new Map<unknown, Component>()
  readonly #observers = new Listeners<SchedulerEvent>()
  readonly #runs = new Runs()
  #activations = 0
  /** Living components other than services: they keep `run()` from resolving. */
  #citizens = 0
  readonly #queue = new RunQueue()
  /** A component steps. */
  #stepping = false
  /** All components are being closed. */
  #closing = false
  /** A component that was activated too late is being ended: what its end activates then ends without `onEnd`. */
  #refusing = false
  /** The message of the abort, from then on until the run is over. */
  #aborted: ShutdownMicroprocess | undefined
  readonly #slices: TimeSlices
  #failure: UdpngError | undefined

  /**
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option
   */
  constructor(options?: SchedulerOptions) {
    const attempt = 'create Scheduler'
    const { clock = systemClock, onFailure } = check(attempt, SCHEDULER_OPTIONS, options)
    this.clock = clock
    this.#isolate = onFailure === 'isolate'
    this.#endings = new Endings({
      clock,
      left: (process) => this.#left(process),
      ended: (process, failure) => this.#ended(process, failure),
      overdue: () => this.#onward(),
    })
    this.#slices = new TimeSlices(clock, {
      step: () => this.#advance(),
      sliced: () => {
        if (this.#citizens === 0) this.#settle()
      },
      running: () => this.#runs.any,
    })
  }

  /**
   * Starts a component: its first step is in the next cycle of `run()` or `step()`. Activating an
   * active component again changes nothing. While the scheduler is `stopping`, the component ends at once instead.
   *
   * @returns the component
   * @throws {UdpngError} `BAD_ACTIVATION` if it has ended, runs on another scheduler, or is not a component
   */
  activate<C extends Component>(component: C): C
  /** @internal */
  activate<C extends Component>(component: C, place: Place): C
  activate<C extends Component>(component: C, place: Place = {}): C {
    const { parent, isService = false } = place
    const process = Component.recordOf(component)
    const objection = objectionTo(component, process, { host: this, parent })
    if (!process || objection)
      throw new UdpngError('BAD_ACTIVATION', `cannot activate ${show(component)}: ${objection}`, {
        component: process?.name,
      })
    if (process.host) return component
    if (this.#refusing) {
      bury(process, this, place)
      return component
    }
    process.id = ++this.#activations
    admit(process, this, place)
    process.name = this.#names.take(process)
    process.isService = parent?.isService ?? isService
    process.isPlumbing = process.isService || process.hooks.isPlumbing(process.component)
    process.state = READY
    for (const [field, box] of process.boxes()) process.own(field, box)
    const home = parent ?? this.root
    home.children = (home.children ?? new Set()).add(process)
    this.#living.add(process)
    if (!process.isService) this.#citizens++
    this.enqueue(process)
    this.#observers.notify({ kind: 'activated', component: process.name })
    if (this.#closing || (this.#aborted && !parent && !isService)) {
      this.#refusing = true
      this.#endings.close(process, this.#aborted)
      this.#refusing = false
    }
    return component
  }

  /**
   * Whether all components are being closed, or an abort has come and the run is not over. A component that is activated now
   * has ended when `activate` returns: it never starts. After an abort, children that a living component activates still start.
   */
  get stopping(): boolean {
    return this.#closing || this.#aborted !== undefined
  }

  /**
   * Runs until all components except services have ended. Without components, resolves at once.
   *
   * @throws {UdpngError} rejects with `BAD_OPTION` for an unknown or invalid option. If `onFailure` is `"stop"`, rejects with the
   *   first uncaught error of a component, once all others are closed: that error if it is a `UdpngError` of this component,
   *   otherwise `COMPONENT_FAILED` with the original as `cause`
   */
  async run(options?: RunOptions): Promise<void> {
    const { signal, onReport } = check('run Scheduler', RUN_OPTIONS, options)
    const abort = (): void => {
      this.#aborted = shutdownMicroprocess({ cause: signal?.reason })
      for (const process of this.#living) this.#endings.abort(process, this.#aborted)
      this.#onward()
    }
    const unwatch = watchForStuckRun(this.#living, this.#slices)
    const unreport = onReport && this.#errorReports.add(onReport)
    const over = this.#runs.add(() => {
      // At once: an abort that comes before the promise settles has no effect.
      signal?.removeEventListener('abort', abort)
      unwatch()
      unreport?.()
    })
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    this.#onward()
    return over
  }

  /** Whether no component is awake during a run: the next step needs a message, a timer or a promise. */
  get idle(): boolean {
    return !this.#slices.requested
  }

  /**
   * Runs one cycle, synchronously: one step of every component that is awake. Never blocks.
   *
   * @throws {UdpngError} the first uncaught error of a component, if `onFailure` is `"stop"` and no `run()` is under way
   */
  step(): void {
    if (this.#stepping) return
    do this.#advance()
    while (this.#queue.inCycle)
    this.#onward()
    const failure = this.#failure
    if (!failure || this.#runs.any) return
    this.#failure = undefined
    throw failure
  }

  /**
   * Closes every component at once and runs its `finally` blocks; components that these activate end at once too. Then `run()`
   * resolves. To let components end by themselves, abort the `signal` of `run` instead.
   */
  stop(): void {
    // What is closed may ask for the same, in a `finally`, or fail.
    if (this.#closing) return
    this.#closing = this.#living.size > 0
    const isRefusing = this.#refusing
    this.#refusing = false // what these activate is not activated by the component that is being refused
    for (const process of this.#living) this.#endings.close(process)
    this.#refusing = isRefusing
    this.#onward()
  }

  /**
   * Returns the component that serves all others under this key. The first call creates and starts it, and so does the first call
   * after its end. Services do not keep `run()` from resolving.
   *
   * @see Axon.CoordinatingAssistantTracker
   */
  service<C extends Component>(key: unknown, create: () => C): C {
    let service = this.#services.get(key) as C | undefined
    if (service?.ended !== false) {
      service = create()
      this.#services.set(key, this.activate(service, { isService: true }))
    }
    return service
  }

  /** Returns the living components, their boxes and links as plain data. Changes nothing. */
  snapshot(): Snapshot {
    return takeSnapshot(this.#living)
  }

  /** @internal The records of all that lives. */
  get living(): Iterable<Microprocess> {
    return this.#living
  }

  /**
   * Calls `listener` at every activation, end and failure from now on. A listener that throws affects nothing else.
   *
   * @returns removes the listener
   */
  observe(listener: (event: SchedulerEvent) => void): () => void {
    return this.#observers.add(listener)
  }

  /** @internal A component is awake: it steps in the next cycle. */
  enqueue(process: Microprocess): void {
    if (process.busy) return
    this.#queue.add(process)
    this.#onward()
  }

  /** Makes the next step; false when nothing is awake. */
  #advance(): boolean {
    if (!this.#queue.ready()) return false
    const process = this.#queue.take()
    if (process.state === ENDED || process.busy) return true
    this.#stepping = true
    const ending = stepThread(process)
    if (ending) this.#endings.end(process, ending)
    else if (process.closing) this.#endings.close(process)
    else if (process.state === READY) this.enqueue(process)
    this.#stepping = false
    return true
  }

  /** What comes next: the end of the run, or a slice, at once after the present callback. */
  #onward(): void {
    // Not while some are still being closed: one that fails over it would be too late for its run.
    if (this.#stepping || this.#closing || !this.#runs.any) return
    if (this.#citizens === 0) this.#settle()
    else this.#slices.request()
  }

  /** All have ended: the services go too, nothing is left behind, and `run()` is over. */
  #settle(): void {
    const end = this.#runs.take()
    for (const process of this.#living) this.#endings.close(process)
    this.#slices.cancel()
    this.#queue.clear()
    end(this.#failure)
    this.#failure = this.#aborted = undefined
  }

  #left(process: Microprocess): void {
    this.#living.delete(process)
    this.#names.release(process.name)
  }

  #ended(process: Microprocess, failure: UdpngError | undefined): void {
    archive(process, this.root)
    const component = process.name
    if (failure) this.#observers.notify({ kind: 'failed', component, error: failure })
    this.#observers.notify({ kind: 'ended', component })
    // Not before all is done, for with the last one the run is over.
    if (!process.isService) this.#citizens--
    const child = failure && childToClose(process, failure)
    if (child) this.#endings.closeAll(child, shutdownMicroprocess({ cause: failure }))
    else if (failure && !this.#isolate) {
      this.#failure ??= failure
      this.stop()
    }
    this.#closing &&= this.#living.size > 0
  }

  /** @internal A component reports an error that no inbox is linked for. */
  report(process: Microprocess, code: ErrorCode, make: () => UdpngError): void {
    this.#errorReports.send(process, code, make)
  }
}
