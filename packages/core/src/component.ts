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
  isPlumbing: (component) => (component as Component)['plumbing'] === true,
  isUnref: (component) => (component as Component)['isUnref'] === true,
  accounting: (component) => (component as Component)['accounting']?.(),
  onEnd: (component) => (component as Component)['onEnd']?.(),
  onChildFailure: (component, child, failure) =>
    (component as Component)['onChildFailure']?.(child as Component, failure) === true,
}

/**
 * Takes messages from its inboxes and sends messages to its outboxes, in a thread of its own. The base class of all components.
 *
 * Its fields that hold an `Inbox` or an `Outbox` are its boxes (`#private` fields are not seen).
 * `*main()` is its thread: `yield` ends a step, `yield this.pause()` sleeps until something
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
  /**
   * Optional. Whether it only connects other components, such as a junction of several outboxes: `true` marks it in snapshots, and
   * tools hide it by default, as they hide services. It is read when the component is activated.
   */
  declare protected readonly plumbing?: boolean
  /**
   * Optional. Whether the process may end while this component lives, because its timer or socket is unref'd. A run with such a
   * component is never `UDPNG_STUCK`.
   */
  declare protected readonly isUnref?: boolean
  /** What `readControl` has received so far. */
  #received: Control | undefined
  readonly #process: Microprocess

  /** @param name - its name, unless its parent gives it another (default: class and number) */
  constructor(name?: string) {
    this.#process = new Microprocess(this, this.constructor.name, name, HOOKS)
  }

  /** What the component does, step by step. */
  abstract main(): Main

  /**
   * The full name: the names of the enclosing named components, and its own. Its own name is its key in a `Graphline` or a graph
   * file, the client's address for a session, or the name given to its constructor; otherwise its class and number, such as
   * `SimplePeer#3`, counted from 1 within the enclosing named component. The full name is unique among the living components of a
   * scheduler. Components without a given name, such as most pipelines, add nothing to the names of their parts. Before activation,
   * this is the given name or the class.
   *
   * @example
   * 'ROOMS/203.0.113.7:4242/PARSE'
   */
  get name(): string {
    return this.#process.name
  }

  /** Whether it was activated; still true after its end. */
  get activated(): boolean {
    return this.#process.host !== undefined
  }

  /** Whether it has ended: `main` returned or threw, or it was closed. */
  get ended(): boolean {
    return this.#process.state === ENDED
  }

  /**
   * Optional. Returns the counts of its messages that its boxes do not count. A component that passes messages on defines it, so that
   * accounts show what it dropped. Without it, messages that were taken and not passed on are `unaccounted`, or `consumed` if the
   * component has no outbox for data.
   */
  protected accounting?(): Counts | undefined

  /**
   * Runs this component, and the components that it activates, on a new scheduler.
   *
   * @returns resolves when all have ended
   * @throws {UdpngError} rejects with `BAD_OPTION` for an unknown or invalid option; with a component's failure, see `Scheduler.run`
   */
  async run(options?: RunOptions & SchedulerOptions): Promise<void> {
    const table = { ...SCHEDULER_OPTIONS, ...RUN_OPTIONS }
    const { signal, onReport, ...own } = check(`run ${this.name}`, table, options)
    const scheduler = new Scheduler(own)
    scheduler.activate(this)
    return scheduler.run({ signal, onReport })
  }

  /** The scheduler that it was activated on; undefined before. */
  protected get scheduler(): Scheduler {
    return this.#process.host as Scheduler
  }

  /**
   * Sleeps from the next `yield` until something new happens: a message arrives in one of its
   * inboxes, a message is taken from an inbox that it feeds, a link of its outboxes is cut, a child
   * ends, or `ms` milliseconds have passed. Messages that are already queued do not keep it awake, except in the first step: take
   * them first. A wake before the `yield` is not lost; spurious wakes are possible.
   *
   * @param ms - the timeout in milliseconds, on the scheduler's clock (default `Infinity`: none)
   * @example
   * yield this.pause()
   */
  protected pause(ms: number = Infinity): undefined {
    this.#sleepAs(PAUSED, ms)
  }

  /**
   * Waits until `ms` milliseconds have passed on the scheduler's clock, not less. Nothing else wakes it: messages that
   * arrive meanwhile stay queued.
   *
   * @param ms - `Infinity` waits forever; 0, negative numbers and NaN wait for one turn of the timers
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
   * Waits for a promise and returns its value. Messages that arrive meanwhile stay queued.
   *
   * @throws the reason of a rejected promise, at the `yield*`
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
   * ends. When this component ends, the child gets shutdownMicroprocess.
   *
   * @param name - the name of the child (default: the one given to its constructor, otherwise class and number)
   * @param group - its label in accounts, which add up children of one label (default: its given name, otherwise its class)
   * @throws {UdpngError} `BAD_ACTIVATION` if the child has ended, runs on another scheduler, or is not a component, or if this
   *   component has ended
   */
  protected activate<C extends Component>(child: C, name?: string, group?: string): C {
    return this.scheduler.activate(child, { parent: this.#process, name, group })
  }

  /** Announces that this component will start the child. Calls that would otherwise start it, such as `send` of a peer, then do not. */
  protected reserve(child: Component): void {
    if (!child.activated) child.#process.parent = this.#process
  }

  /** Whether another component has started it, or has reserved it. */
  protected get hasParent(): boolean {
    return this.#process.parent !== undefined
  }

  /**
   * Ends a component that this one will not start: calls its `onEnd`, which settles promises such as `bound`. Does nothing to a
   * component that was activated.
   *
   * @param group - its label in accounts (default: its given name, otherwise its class)
   */
  protected discard(child: Component, group?: string): void {
    discard(child.#process, this.scheduler, { parent: this.#process, group })
  }

  /**
   * Takes all messages from `control`, and returns the one to obey: `undefined` while there is none, `producerFinished` in every
   * call after it has come, and `shutdownMicroprocess` in every call after that has come. The first of each kind counts.
   * Other values have no effect.
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
   * Adds a box to this component while it runs, under this field name: the box wakes this component, and its links are cut when
   * the component ends.
   *
   * @returns the box
   */
  protected adopt<B extends Box>(field: string, box: B): B {
    this.#process.own(field, box)
    ;(this as Record<string, unknown>)[field] = box
    return box
  }

  /** Removes an adopted box, and cuts its links. */
  protected release(box: Box): void {
    box.cut()
    this.#process.released ??= new Passage()
    this.#process.released.add(box)
    delete (this as Record<string, unknown>)[box.field as string]
  }

  /** Exposes boxes of other components as fields of this one: the same objects, which still wake their owner. */
  protected share(boxes: Readonly<Record<string, Box>>): void {
    for (const [field, value] of Object.entries(boxes))
      Object.defineProperty(this, field, { value, enumerable: false })
  }

  /**
   * Optional. Releases system resources, such as sockets and files. It is called once when the component has ended, for whatever
   * reason, even if it never made a step. Messages can no longer be sent.
   */
  protected onEnd?(): void

  /**
   * Optional. Decides the effect of a child's failure. It is called when a child of this component, or one of its descendants, has
   * failed and ended; even after the end of this component, while a child of it lives.
   *
   * Return true to contain the failure: the child is closed at once, with everything it started, and all other components
   * continue. Any other value, or no such method, leaves the decision to the parent of this component, and after the last parent to
   * `onFailure` of the scheduler. An exception counts as false. Observers of the scheduler get the failure in any case.
   *
   * @param child - the child of this component that failed, or whose descendant failed
   * @param failure - the failure; it names the component that failed
   * @see Erlang's supervisors
   */
  protected onChildFailure?(child: Component, failure: UdpngError): boolean

  #sleepAs(state: typeof PAUSED | typeof SUSPENDED, ms: number): void {
    const process = this.#process
    if (!process.busy) return
    process.state = state
    process.hush()
    if (ms !== Infinity)
      process.alarm = this.scheduler.clock.after(Math.max(0, ms || 0), () => process.wake(state))
  }

  /** @internal The record of a component; undefined for a value that is not a component of this copy of the package. */
  static recordOf(component: unknown): Microprocess | undefined {
    return #process in Object(component) ? (component as Component).#process : undefined
  }
}
