import { check } from './check.js'
import { type Clock, systemClock } from './clock.js'
import { Component } from './component.js'
import {
  type Control,
  producerFinished,
  type ShutdownMicroprocess,
  shutdownMicroprocess,
} from './control.js'
import { quietly, UdpngError } from './errors.js'
import { Figures } from './figures.js'
import { figuresOf } from './figures-of.js'
import { Inbox } from './inbox.js'
import { ENDED, type Main, Microprocess, NEW, PAUSED, READY } from './microprocess.js'
import { Names } from './names.js'
import { mustBe } from './other-copy.js'
import { debugEvery, emitWarning, whenLoopIsEmpty } from './process-events.js'
import {
  RUN_OPTIONS,
  type RunOptions,
  SCHEDULER_OPTIONS,
  type SchedulerOptions,
} from './scheduler-options.js'
import { show } from './show.js'
import { type Snapshot, takeSnapshot } from './snapshot.js'
import { whoWaits } from './who-waits.js'

/** What observers are told. */
export type SchedulerEvent =
  | { readonly kind: 'activated' | 'ended'; readonly component: string }
  | { readonly kind: 'failed'; readonly component: string; readonly error: UdpngError }

/** A slice: after this much work, or twice as much at most, I/O and timers get their turn. */
const SLICE_MS = 5
/**
 * The longest slice. A slice lasts as long as I/O and timers took before it, when that is longer than `SLICE_MS`: with short slices
 * after long turns of I/O, what arrives is read and never handled.
 */
const MAX_SLICE_MS = 100
/** What a step takes at least of that, so that a clock that stands still blocks nothing either, and always breaks at the same step. */
const STEP_MS = 0.001
/** How long a component that was told to shut down may take over it. */
const GRACE_MS = 1000
/** After this time without a step, NODE_DEBUG=udpng prints what each component waits for. */
const IDLE_MS = 5000
/** Parts that were not settled when they ended, looked at with each end. */
const MAX_LOOKS = 4
/** Warnings of one scheduler, so that their memory is bounded. */
const MAX_WARNED = 1000
/** How often a `finally` block may yield while its component is being closed. */
const MOST_CLOSING_YIELDS = 100

/** How a component ended. */
interface Ending {
  /** What it was closed with. */
  readonly closed?: ShutdownMicroprocess
  /** What `main` returned. */
  readonly returned?: Control | undefined
  readonly failure: UdpngError | undefined
}

/** Where a component stands in its scheduler. */
interface Place {
  readonly parent?: Microprocess | undefined
  /** What its parent calls it. */
  readonly name?: string | undefined
  /** What accounts call it (default: its name, or else its class). */
  readonly group?: string | undefined
  readonly isService?: boolean
}

/**
 * Runs components: round robin, one step each per cycle, in the order of activation, without ever
 * blocking the event loop. With everybody paused it costs nothing: no timer, no wake-up.
 *
 * @see Axon.Scheduler
 */
export class Scheduler {
  /** Where its time comes from. */
  declare readonly clock: Clock
  readonly #isolate: boolean
  readonly #living = new Set<Microprocess>()
  /** @internal The parent, for accounts, of those that have none. */
  readonly root: Microprocess = new Microprocess(
    undefined as never,
    'scheduler',
    undefined,
    undefined as never,
  )
  readonly #names = new Names()
  /** Parts and codes that a warning was emitted for. */
  readonly #warned = new Set<string>()
  readonly #services = new Map<unknown, Component>()
  readonly #observers = new Set<(event: SchedulerEvent) => void>()
  /** Told when the run is over. */
  #waiters: ((failure: UdpngError | undefined) => void)[] = []
  #activations = 0
  /** Living components that are no services: they keep `run()` from resolving. */
  #citizens = 0
  /** What is left of the cycle under way, last first. */
  #cycle: Microprocess[] = []
  #next: Microprocess[] = []
  #slicing = false
  /** All components are being closed. */
  #closing = false
  /** A component that was activated too late is being ended: what its end activates in turn ends without `onEnd`. */
  #refusing = false
  /** The message of the abort, from then on until the run is over. */
  #aborted: ShutdownMicroprocess | undefined
  /** A slice will come: as a microtask, or after I/O and timers had their turn. */
  #scheduled = false
  /** Set until the event loop has turned. */
  #immediate: NodeJS.Immediate | undefined
  /** When the present slice ends. */
  #deadline = 0
  #slices = 0
  /** When the last slice ended. */
  #left = 0
  #failure: UdpngError | undefined

  /**
   * @throws {UdpngError} `BAD_OPTION` for an unknown option, or a value that is not allowed
   */
  constructor(options?: SchedulerOptions) {
    const attempt = 'create Scheduler'
    const { clock = systemClock, onFailure } = check(attempt, SCHEDULER_OPTIONS, options)
    this.clock = clock
    this.#isolate = onFailure === 'isolate'
  }

  /**
   * Starts a component: its first step is in the next cycle of `run()` or `step()`. Activating an
   * active one again changes nothing. While the scheduler is `stopping`, the component ends at once instead.
   *
   * @throws {UdpngError} `BAD_ACTIVATION` for one that has ended, one of another scheduler, or anything
   *   that is no component
   */
  activate<C extends Component>(component: C): C
  /** @internal */
  activate<C extends Component>(component: C, place: Place): C
  activate<C extends Component>(component: C, place: Place = {}): C {
    const { parent, isService = false } = place
    const process = Component.recordOf(component)
    const cannot = !process
      ? mustBe('a component', component)
      : process.state === ENDED
        ? 'it has ended; make a new one'
        : process.host
          ? process.host !== this && 'it runs on another scheduler'
          : parent?.state === ENDED && 'it has a parent that has ended'
    if (!process || cannot)
      throw new UdpngError('BAD_ACTIVATION', `cannot activate ${show(component)}: ${cannot}`, {
        component: process?.name,
      })
    if (process.host) return component
    if (this.#refusing) {
      this.#bury(process, place)
      return component
    }
    process.id = ++this.#activations
    this.#admit(process, place)
    process.name = this.#names.take(process)
    process.isService = parent?.isService ?? isService
    process.state = READY
    for (const [field, box] of process.boxes()) process.own(field, box)
    const home = parent ?? this.root
    home.children = (home.children ?? new Set()).add(process)
    this.#living.add(process)
    if (!process.isService) this.#citizens++
    this.enqueue(process)
    this.#tell({ kind: 'activated', component: process.name })
    if (this.#closing || (this.#aborted && !parent && !isService)) {
      this.#refusing = true
      this.#close(process, this.#aborted)
      this.#refusing = false
    }
    return component
  }

  /**
   * Whether all components are being closed or were asked to shut down. Until the run is over, a component that is activated
   * has ended when `activate` returns: it never starts. The children of one that is shutting down still do, on an abort.
   */
  get stopping(): boolean {
    return this.#closing || this.#aborted !== undefined
  }

  /** @internal Ends a component that was not activated and never will be; others it leaves alone. */
  discard(component: Component, place: Place): void {
    const process = Component.recordOf(component)
    if (process?.state !== NEW) return
    this.#bury(process, place)
    quietly(() => process.hooks.onEnd(component))
    this.#settlePart(process.parent ?? this.root, process)
  }

  /** Ends what has not begun. */
  #bury(process: Microprocess, place: Place): void {
    this.#admit(process, place)
    process.state = ENDED
    process.cutBoxes()
  }

  #admit(process: Microprocess, { parent, name, group }: Place): void {
    process.host = this
    process.parent = parent
    process.givenName = name ?? process.givenName
    process.group = group ?? process.givenName ?? process.className
  }

  /**
   * Runs until all components have ended; services do not count. With none, resolves at once.
   *
   * @throws {UdpngError} rejects with the first uncaught error of a component, once all others are
   *   closed, when `onFailure` is `"stop"`: with that error if it is a `UdpngError`, else with
   *   `COMPONENT_FAILED` and the original as `cause`
   */
  run(options?: RunOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const { signal } = check('run Scheduler', RUN_OPTIONS, options)
      const abort = (): void => {
        this.#aborted = shutdownMicroprocess({ cause: signal?.reason })
        for (const process of this.#living) this.#obeyAbort(process, this.#aborted)
        this.#onward()
      }
      const forgetLoop = whenLoopIsEmpty(() =>
        emitWarning(
          'UDPNG_STUCK',
          `a run cannot go on: every component waits, and no timer or socket is left that could wake one\n${whoWaits(this.#living)}`,
        ),
      )
      const forgetDebug = debugEvery(IDLE_MS, this.#whenIdle())
      this.#waiters.push((failure) => {
        // At once: an abort that comes before the caller is told is for nobody.
        signal?.removeEventListener('abort', abort)
        forgetLoop()
        forgetDebug()
        if (failure) reject(failure)
        else resolve()
      })
      if (signal?.aborted) abort()
      signal?.addEventListener('abort', abort)
      this.#onward()
    })
  }

  /** Whether nobody is awake, in a run: nothing happens before a message, a timer or a promise comes. */
  get idle(): boolean {
    return !this.#scheduled
  }

  /**
   * Runs one cycle: one step of every component that is awake. Never blocks, never waits.
   *
   * @throws {UdpngError} the first uncaught error of a component, when `onFailure` is `"stop"` and no `run()` is under way
   */
  step(): void {
    if (this.#slicing) return
    this.#slicing = true
    this.#ready()
    while (this.#cycle.length > 0) this.#stepNext()
    this.#slicing = false
    this.#onward()
    const failure = this.#failure
    if (!failure || this.#waiters.length > 0) return
    this.#failure = undefined
    throw failure
  }

  /**
   * Closes every component, with its clean-up (`finally` blocks), whatever it is doing, and what a
   * clean-up activates; then `run()` resolves. To let them end by themselves, abort the `signal` of `run` instead.
   */
  stop(): void {
    // What is closed may ask for the same, in a `finally`, or fail.
    if (this.#closing) return
    this.#closing = this.#living.size > 0
    const isRefusing = this.#refusing
    this.#refusing = false // what these activate is not activated by the component that is being refused
    for (const process of this.#living) this.#close(process)
    this.#refusing = isRefusing
    this.#onward()
  }

  /**
   * The one component of this scheduler that serves everybody under this key: made and started on the
   * first call, made anew when it has ended. Services do not keep `run()` from resolving.
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

  /** What lives now, as plain data: components, boxes and links. Changes nothing. */
  snapshot(): Snapshot {
    return takeSnapshot(this.#living)
  }

  /** @internal The records of all that lives. */
  get living(): Iterable<Microprocess> {
    return this.#living
  }

  /**
   * Tells `listener` of every activation, end and failure from now on. One that throws harms nobody.
   *
   * @returns what undoes it
   */
  observe(listener: (event: SchedulerEvent) => void): () => void {
    this.#observers.add(listener)
    return () => void this.#observers.delete(listener)
  }

  /** @internal A component is awake: it steps in the next cycle. */
  enqueue(process: Microprocess): void {
    if (process.busy) return
    this.#next.push(process)
    this.#onward()
  }

  #stepNext(): void {
    const process = this.#cycle.pop() as Microprocess
    if (process.state === ENDED || process.busy) return
    process.busy = true
    const isFirst = !process.thread
    let done: boolean | undefined
    let word: Control | undefined
    let failure: UdpngError | undefined
    try {
      process.thread ??= threadOf(process)
      const { done: isDone, value } = process.thread.next()
      if (!isDone && value !== undefined) throw wrongYield(process)
      done = isDone
      word = wordOf(value)
    } catch (thrown) {
      failure = asFailureOf(process.name, thrown)
    }
    process.busy = false
    // What was delivered before the first step did not wake the component.
    if (isFirst && process.state === PAUSED && hasMessages(process)) process.state = READY
    if (failure || done) this.#end(process, { returned: word, failure })
    else if (process.closing) this.#close(process)
    else if (process.state === READY) this.enqueue(process)
  }

  /** Whether there is a next step; begins the next cycle when the present one is done. */
  #ready(): boolean {
    if (this.#cycle.length === 0)
      [this.#cycle, this.#next] = [this.#next.sort((a, b) => b.id - a.id), this.#cycle]
    return this.#cycle.length > 0
  }

  /** What comes next: the end of the run, or a slice, at once after the present callback. */
  #onward(): void {
    // Not while some are still being closed: one that fails over it would be too late for its run.
    if (this.#slicing || this.#closing || this.#waiters.length === 0) return
    if (this.#citizens === 0) this.#settle()
    else if (!this.#scheduled) {
      this.#scheduled = true
      queueMicrotask(this.#slice)
    }
  }

  /** Makes what describes the waiting components, once for each time that nothing has happened between two calls. */
  #whenIdle(): () => string | undefined {
    let slices = this.#slices
    let described = -1
    return () => {
      const isIdle = this.idle && this.#slices === slices
      slices = this.#slices
      if (!isIdle || described === slices) return undefined
      described = slices
      return `no component has made a step for ${IDLE_MS / 1000} s\n${whoWaits(this.#living)}`
    }
  }

  readonly #slice = (): void => {
    if (!this.#scheduled) return
    this.#slices++
    let now = this.clock.now()
    // Slices may lead to each other by microtasks alone, without a turn of the event loop. To see one
    // costs an immediate, so not every slice asks for it.
    if (!this.#inSlice(now) && !this.#immediate) {
      this.#deadline = now + SLICE_MS
      this.#breathe()
    }
    this.#slicing = true
    while (this.#inSlice(now) && this.#ready()) {
      this.#deadline -= STEP_MS
      this.#stepNext()
      now = this.clock.now()
    }
    this.#slicing = false
    this.#left = now
    if (this.#citizens === 0) this.#settle()
    else if (this.#inSlice(now)) this.#scheduled = false
    else this.#breathe()
  }

  /** A deadline that is too far ahead was made before the clock stepped back. */
  #inSlice(now: number): boolean {
    return now < this.#deadline && this.#deadline - now <= MAX_SLICE_MS
  }

  /** Goes on, if there is anything to do, when I/O and timers have had their turn. */
  #breathe(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined
      const now = this.clock.now()
      // An immediate never waits for I/O to come: all that time was work, of I/O, of timers, or of other programs.
      const away = now - this.#left
      this.#left = now
      this.#deadline = now + Math.min(Math.max(away, SLICE_MS), MAX_SLICE_MS)
      this.#slice()
      // While turns are long, each is measured.
      if (away > SLICE_MS && this.#waiters.length > 0) this.#breathe()
    })
  }

  /** All have ended: the services go too, nothing is left behind, and `run()` is over. */
  #settle(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const process of this.#living) this.#close(process)
    clearImmediate(this.#immediate)
    this.#immediate = undefined
    this.#scheduled = false
    this.#cycle.length = this.#next.length = 0
    for (const tell of waiters) tell(this.#failure)
    this.#failure = this.#aborted = undefined
  }

  /** Closes a component from outside: its `finally` blocks run, once. */
  #close(process: Microprocess, word = shutdownMicroprocess()): void {
    if (process.state === ENDED) return
    if (process.busy) {
      process.closing = true
      return
    }
    const { thread } = process
    let failure: UdpngError | undefined
    process.busy = true
    try {
      let more = thread?.return().done === false
      for (let i = MOST_CLOSING_YIELDS; more && i--; ) more = !thread?.next().done
      if (more) thread?.return()
    } catch (thrown) {
      failure = asFailureOf(process.name, thrown)
    }
    process.busy = false
    this.#end(process, { closed: word, failure })
  }

  /** Ends a component that was closed from outside, that returned, or that failed. */
  #end(process: Microprocess, { closed, returned, failure: failed }: Ending): void {
    const { component, name } = process
    const { signal } = component
    const last = failed ? shutdownMicroprocess({ cause: failed }) : returned
    const hasSignalled = signal.sent + signal.discarded > 0
    let failure = failed
    // If the neighbour's control inbox is full and throws, it already has a message to read.
    if (signal.owner === process && (last || !hasSignalled))
      quietly(() => signal.send(last ?? closed ?? producerFinished()))
    process.hush()
    process.grace?.()
    process.state = ENDED
    process.thread = undefined
    this.#living.delete(process)
    process.cutBoxes()
    this.#names.release(name)
    const word = last ?? closed
    const stop = word?.kind === 'shutdownMicroprocess' ? word : shutdownMicroprocess()
    process.children?.forEach((child) => void this.#shutDown(child, stop))
    process.parent?.wake()
    try {
      process.hooks.onEnd(component)
    } catch (thrown) {
      failure ??= asFailureOf(name, thrown)
    }
    this.#archive(process)
    if (failure) this.#tell({ kind: 'failed', component: name, error: failure })
    this.#tell({ kind: 'ended', component: name })
    // Not before all is done, for with the last one the run is over.
    if (!process.isService) this.#citizens--
    if (failure && !this.#contain(process, failure) && !this.#isolate) {
      this.#failure ??= failure
      this.stop()
    }
    this.#closing &&= this.#living.size > 0
  }

  /** Moves what has ended, with all that it started, into the account of its parent. */
  #archive(process: Microprocess): void {
    for (let part = process; part.state === ENDED && !part.children?.size; ) {
      const home = part.parent ?? this.root
      home.children?.delete(part)
      this.#settlePart(home, part)
      // Each end looks at some that were not settled, so that they do not pile up.
      let left = MAX_LOOKS
      for (const other of home.unsettled ?? []) {
        if (left-- === 0) break
        this.#settlePart(home, other)
      }
      part = home
    }
  }

  /** Adds the numbers of a part that has ended to those of the past, once they are final. */
  #settlePart(home: Microprocess, part: Microprocess): void {
    home.unsettled?.delete(part)
    if (part.isService) return
    const figures = figuresOf(part)
    // Datagrams, for example, that the system has not taken yet.
    if (figures.waiting > 0) {
      home.unsettled ??= new Set()
      home.unsettled.add(part)
      return
    }
    home.past ??= new Figures()
    home.past.addPart(part.group, figures)
  }

  #obeyAbort(process: Microprocess, word: ShutdownMicroprocess): void {
    if (process.isService) return
    // What has not begun never begins.
    if (!process.thread && !process.busy) this.#close(process, word)
    else this.#shutDown(process, word)
  }

  /** @internal Emits a warning for an error that no inbox is linked for, the first time for this part and code. */
  warn(process: Microprocess, error: UdpngError): void {
    const part = process.groupPath
    const key = `${part} ${error.code}`
    if (this.#warned.has(key) || this.#warned.size >= MAX_WARNED) return
    this.#warned.add(key)
    emitWarning(
      `UDPNG_${error.code}`,
      `${error.message} (link the outbox errors of ${part} to get each error; more of this kind are only counted)`,
    )
  }

  /** Asks the parents of what failed, the nearest first, and closes the child of the one that contains the failure. */
  #contain(failed: Microprocess, failure: UdpngError): boolean {
    for (let child = failed; child.parent; child = child.parent)
      if (containedBy(child.parent, child, failure)) {
        this.#closeAll(child, shutdownMicroprocess({ cause: failure }))
        return true
      }
    return false
  }

  /** Closes a component, and all that it started, at once. */
  #closeAll(process: Microprocess, word: ShutdownMicroprocess): void {
    this.#close(process, word)
    process.children?.forEach((child) => void this.#closeAll(child, word))
  }

  /** Asks a component to shut down, and closes it when it does not within the grace time. */
  #shutDown(process: Microprocess, word: ShutdownMicroprocess): void {
    if (process.state === ENDED) return
    quietly(() => process.component.control.deliver(word))
    process.grace ??= this.clock.after(GRACE_MS, () => {
      this.#close(process, word)
      this.#onward()
    })
  }

  #tell(event: SchedulerEvent): void {
    for (const observer of this.#observers) quietly(() => observer(event))
  }
}

/** Whether a parent takes responsibility. One that throws over it does not. */
function containedBy(parent: Microprocess, child: Microprocess, failure: UdpngError): boolean {
  try {
    return parent.hooks.onChildFailure(parent.component, child.component, failure)
  } catch {
    return false
  }
}

/** A failure always names its component: a UdpngError that names another one becomes the cause. */
function asFailureOf(component: string, thrown: unknown): UdpngError {
  let why = ''
  try {
    if (thrown instanceof UdpngError && (thrown.component ?? component) === component) {
      thrown.component = component
      return thrown
    }
    why = `: ${thrown}`
  } catch {
    // Frozen, or nothing that can be made a string: it can be looked at as the cause.
  }
  return new UdpngError('COMPONENT_FAILED', `${component} failed${why}`, {
    component,
    cause: thrown,
  })
}

/** A control message that `main` returned. */
function wordOf(value: unknown): Control | undefined {
  const { kind } = Object(value) as Control
  return kind === 'producerFinished' || kind === 'shutdownMicroprocess'
    ? (value as Control)
    : undefined
}

/** The generator of a component. */
function threadOf({ component, name }: Microprocess): Main {
  const thread = component.main() as Main | undefined
  if (typeof thread?.next === 'function' && !(Symbol.asyncIterator in thread)) return thread
  throw new UdpngError(
    'COMPONENT_FAILED',
    `${name} failed: main is not a generator; write *main(), and yield* this.until(promise) to wait for a promise`,
  )
}

function hasMessages(process: Microprocess): boolean {
  return process.boxes().some(([, box]) => box instanceof Inbox && box.ready)
}

function wrongYield({ name, thread }: Microprocess): UdpngError {
  quietly(() => thread?.return())
  return new UdpngError(
    'COMPONENT_FAILED',
    `${name} failed: main yielded a value; write yield* (with the star) before sleep(), until() and other generators`,
  )
}
