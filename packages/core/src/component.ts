import { discard } from './admission.js'
import type { Box } from './box.js'
import { check } from './check.js'
import type { Control } from './control.js'
import type { Counts } from './counts.js'
import { quietly, type UdpngError } from './errors.js'
import { Inbox } from './inbox.js'
import { ENDED, type Hooks, type Main, Microprocess, PAUSED, SUSPENDED } from './microprocess.js'
import { Outbox } from './outbox.js'
import { Passage } from './passage.js'
import { Scheduler } from './scheduler.js'
import {
  RUN_OPTIONS,
  type RunOptions,
  SCHEDULER_OPTIONS,
  type SchedulerOptions,
} from './scheduler-options.js'

const HOOKS: Hooks = {
  accounting: (component) => (component as Component)['accounting'](),
  onEnd: (component) => (component as Component)['onEnd'](),
  onChildFailure: (component, child, failure) =>
    (component as Component)['onChildFailure'](child as Component, failure),
}

/**
 * A part of a program: boxes to its neighbours, and a thread of its own.
 *
 * Its fields that hold an `Inbox` or an `Outbox` are its boxes (a `#private` field is not seen),
 * and `*main()` is its thread: `yield` ends a step, `yield this.pause()` sleeps until something
 * happens. When `main` has returned or thrown, the component has ended: all its links are cut, and its
 * children get shutdownMicroprocess.
 *
 * @example
 * class Upper extends Component {
 *   readonly inbox: Inbox<string> = new Inbox('Text')
 *   readonly outbox: Outbox<string> = new Outbox('The same in capitals')
 *   override *main(): Main {
 *     for (;;) {
 *       for (const text of this.inbox) this.outbox.send(text.toUpperCase())
 *       if (this.readControl()) return
 *       yield this.pause()
 *     }
 *   }
 * }
 *
 * @see Axon.Component
 */
export abstract class Component {
  readonly control: Inbox<Control> = new Inbox('Shutdown messages', { role: 'control' })
  readonly signal: Outbox<Control> = new Outbox('Why it ended', { role: 'control' })
  /** What `readControl` has received so far. */
  #received: Control | undefined
  readonly #process: Microprocess

  /** @param name - what it is called, unless its parent calls it something else (default: class and number) */
  constructor(name?: string) {
    this.#process = new Microprocess(this, this.constructor.name, name, HOOKS)
  }

  /** What the component does, step by step. */
  abstract main(): Main

  /**
   * The full name, from the activation on: the names of the named components around it, and its own. That is its key in a
   * `Graphline` or a graph file, the address of a client for a session, the name that its constructor was given; or else its class and number,
   * such as `SimplePeer#3`, counted from 1 within the named component around it. The name is unique among the components that live in a
   * scheduler. Components without a given name, such as most pipelines, add nothing to the names of their parts.
   *
   * @example
   * 'ROOMS/203.0.113.7:4242/PARSE'
   */
  get name(): string {
    return this.#process.name
  }

  /** Whether it was activated, also when it has ended. */
  get activated(): boolean {
    return this.#process.host !== undefined
  }

  /** Whether `main` has returned, thrown, or was closed. */
  get ended(): boolean {
    return this.#process.state === ENDED
  }

  /**
   * What this component knows of the messages that went through it, beyond what its boxes count. A component that passes
   * messages on overrides it, so that accounts can say what it dropped; without it, what it took and did not pass on is
   * `unaccounted`, or `consumed` when it has no outbox for data.
   */
  protected accounting(): Counts | undefined {
    return undefined
  }

  /**
   * Runs this component, and what it activates, on a scheduler of its own.
   *
   * @returns resolves when all have ended
   * @throws {UdpngError} rejects with what failed, see `Scheduler.run`
   */
  async run(options?: RunOptions & SchedulerOptions): Promise<void> {
    const table = { ...SCHEDULER_OPTIONS, ...RUN_OPTIONS }
    const { signal, ...own } = check(`run ${this.name}`, table, options)
    const scheduler = new Scheduler(own)
    scheduler.activate(this)
    return scheduler.run(signal && { signal })
  }

  /** The scheduler it was activated on: not to be asked before. */
  protected get scheduler(): Scheduler {
    return this.#process.host as Scheduler
  }

  /**
   * Sleeps from the next `yield` until something new happens: a message arrives in one of its
   * inboxes, a message is taken from an inbox that it feeds, a link of its outboxes is cut, a child
   * ends; or `ms` milliseconds have passed, if given. It also sleeps when messages wait already, so take those
   * first. A wake that comes before the `yield` is not lost; a wake without a reason is possible.
   *
   * @param ms - the timeout, on the scheduler's clock
   * @example
   * yield this.pause()
   */
  protected pause(ms: number = Infinity): undefined {
    this.#sleepAs(PAUSED, ms)
  }

  /**
   * Waits until `ms` milliseconds have passed on the scheduler's clock, and no less. Messages that
   * arrive meanwhile wait; nothing else wakes it.
   *
   * @param ms - `Infinity` is forever; 0 or less, as well as NaN, is one turn of the timers
   * @example
   * yield* this.sleep(1000)
   */
  protected *sleep(ms: number): Generator<undefined, void, void> {
    const { clock } = this.scheduler
    const due = clock.now() + ms
    do {
      this.#sleepAs(SUSPENDED, due - clock.now())
      yield
    } while (clock.now() < due)
  }

  /**
   * Waits for a promise and returns its value. Messages that arrive meanwhile wait.
   *
   * @throws what the promise is rejected with, at the `yield*`
   * @example
   * const [address] = yield* this.until(resolve4('example.org'))
   */
  protected *until<T>(promise: PromiseLike<T>): Generator<undefined, T, void> {
    let outcome: (() => T) | undefined
    const settle = (result: () => T): void => {
      outcome = result
      this.#process.wake(SUSPENDED)
    }
    promise.then(
      (value) => settle(() => value),
      (error: unknown) =>
        settle(() => {
          throw error
        }),
    )
    while (outcome === undefined) {
      this.#sleepAs(SUSPENDED, Infinity)
      yield
    }
    return outcome()
  }

  /**
   * Starts a child: its first step is in the next cycle. This component is woken when the child
   * ends, and when this component ends, the child gets shutdownMicroprocess.
   *
   * @param name - what it is called (default: what its constructor was given, or else class and number)
   * @param group - what accounts call it (default: its given name, or else its class); those of one group are added up
   * @throws {UdpngError} `BAD_ACTIVATION` when it cannot be activated (here)
   */
  protected activate<C extends Component>(child: C, name?: string, group?: string): C {
    return this.scheduler.activate(child, { parent: this.#process, name, group })
  }

  /**
   * Ends a component that this one was to start and will not: its `onEnd` is called, which settles the promises that it gave out.
   * One that was activated is left alone.
   *
   * @param group - what accounts call it (default: its given name, or else its class)
   */
  protected discard(child: Component, group?: string): void {
    discard(child.#process, this.scheduler, { parent: this.#process, group })
  }

  /**
   * Takes all that waits in `control`, and returns what it has received so far: `undefined` while it is to go on,
   * `producerFinished` from the moment that one has come, `shutdownMicroprocess` from the moment that one has. The first
   * of its kind counts. Anything else has no effect.
   *
   * @example
   * const word = this.readControl()
   * if (word?.kind === 'shutdownMicroprocess') return word
   * if (word && !this.inbox.ready) return
   */
  protected readControl(): Control | undefined {
    for (const message of this.control)
      quietly(() => {
        const { kind } = message
        if (kind === 'producerFinished') this.#received ??= message
        else if (kind === 'shutdownMicroprocess' && this.#received?.kind !== kind)
          this.#received = message
      })
    return this.#received
  }

  /**
   * Makes a box that was created while the component runs one of its own, under this name: it
   * wakes this component, and its links are cut at the end.
   */
  protected adopt<B extends Box>(field: string, box: B): B {
    this.#process.own(field, box)
    ;(this as Record<string, unknown>)[field] = box
    return box
  }

  /** Releases an adopted box: its links are cut. */
  protected release(box: Box): void {
    box.cut()
    this.#process.released ??= new Passage()
    this.#process.released.add(box)
    delete (this as Record<string, unknown>)[box.field as string]
  }

  /**
   * Shows boxes of other components as boxes of this one: the very same objects, which go on waking their
   * owner. This is how composites have boxes.
   */
  protected share(boxes: Readonly<Record<string, Box>>): void {
    for (const [field, value] of Object.entries(boxes))
      Object.defineProperty(this, field, { value, enumerable: false })
  }

  /**
   * Called once when the component has ended, however it ended, also if it never made a step: the
   * place to release system resources, such as sockets and files. Nothing can be sent any more.
   */
  protected onEnd(): void {}

  /**
   * Decides what the failure of a child does. It is called when a component that this one started, or one further down,
   * has failed and has ended; also after the end of this component, as long as a child of it lives.
   *
   * Return true to contain the failure: the child is closed at once, with all that it started, and every other component
   * runs on. False, the default, leaves the decision to the parent of this component, and after the last parent to
   * `onFailure` of the scheduler. Observers of the scheduler get the failure in any case. An exception counts as false.
   *
   * @param _child - what this component started: the component that failed, or the one that it belongs to
   * @param _failure - names the component that failed
   * @see Erlang's supervisors
   */
  protected onChildFailure(_child: Component, _failure: UdpngError): boolean {
    return false
  }

  #sleepAs(state: typeof PAUSED | typeof SUSPENDED, ms: number): void {
    const process = this.#process
    if (!process.busy) return
    process.state = state
    process.hush()
    if (ms !== Infinity)
      process.alarm = this.scheduler.clock.after(Math.max(0, ms || 0), () => process.wake(state))
  }

  /** @internal The record of a component; undefined when it is none of this package's. */
  static recordOf(component: unknown): Microprocess | undefined {
    return #process in Object(component) ? (component as Component).#process : undefined
  }
}
