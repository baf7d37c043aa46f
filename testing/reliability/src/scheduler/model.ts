import { Scheduler } from '@udpng/core'
import { type Actor, Mishap } from './actor.js'
import { ITS_OWN, type OutboxModel } from './box-models.js'
import { StepClock } from './step-clock.js'

/** How long one that was asked to shut down may take. */
const GRACE_MS = 1000

/** How a world is driven, and its observers. */
export interface Setting {
  /** By `run()`, or by `step()` alone. */
  readonly underRun: boolean
  /** Where to write down what happens. */
  readonly story?: string[] | undefined
}

/** What must come of what components do and suffer. Whatever the scheduler does otherwise is an error at once. */
export abstract class Model {
  readonly clock: StepClock = new StepClock()
  readonly scheduler: Scheduler
  readonly isolates: boolean
  /** Those that things happen to; some of them are over, and some not yet activated. */
  readonly actors: Actor[] = []
  steps = 0
  /** The actor that steps now. */
  current: Actor | undefined
  /** All are being closed. */
  stopping = false
  aborted = false
  /** The first that failed since the run began. */
  firstFailure: Actor | undefined
  living = 0
  /** Living components other than services. */
  citizens = 0
  protected activations = 0
  /** The living, by name. */
  protected readonly named: Map<string, Actor> = new Map()
  /** Who is still to step in this cycle. */
  protected queue: Actor[] = []
  protected readonly underRun: boolean
  readonly #story: string[] | undefined
  /** The run is over, and so the services are closed. */
  #settling = false
  /** What a check found inside a component, where the scheduler takes it for a failure of that. */
  #fault: unknown

  constructor(isolates: boolean, { underRun, story }: Setting) {
    this.isolates = isolates
    this.underRun = underRun
    this.#story = story
    this.scheduler = new Scheduler({
      clock: this.clock,
      onFailure: isolates ? 'isolate' : 'stop',
    })
    this.scheduler.observe((event) => {
      if (event.kind === 'ended') this.#onEnded(event.component)
    })
  }

  get now(): number {
    return this.clock.now()
  }

  note(what: () => string): void {
    this.#story?.push(what())
  }

  /** Actors that must step, in the order of activation. */
  protected due(): Actor[] {
    return [...this.named.values()].filter(({ owed }) => owed).sort((a, b) => a.number - b.number)
  }

  /** Whether any actor must step. */
  get isDue(): boolean {
    return this.due().length > 0
  }

  onStep(actor: Actor): void {
    this.note(() => `  ${actor.name}, ${actor.role}, steps`)
    if (this.queue.length === 0) this.queue = this.due()
    const next = this.queue.shift()
    if (next !== actor)
      throw new Error(`${actor.name} steps where ${next ? next.name : 'none'} should`)
    if (this.current) throw new Error(`${actor.name} steps inside a step of ${this.current.name}`)
    this.steps++
    actor.steps++
    this.current = actor
    actor.owed = false
    actor.mode = 'busy'
    actor.due = Infinity
    actor.promise = undefined
  }

  onYield(actor: Actor): void {
    this.current = undefined
    if (actor.mode === 'busy') {
      actor.mode = 'ready'
      actor.owed = true
    }
    this.note(() => `  ${actor.name} is ${actor.mode}`)
    // What was delivered before the first step did not wake it.
    if (actor.steps === 1 && actor.ins.some(({ queue }) => queue.length > 0)) this.happens(actor)
  }

  /** Its thread is through, or it is being closed: then it does not step any more. */
  onCleanUp(actor: Actor): void {
    if (this.current === actor) return
    this.note(() => `  ${actor.name} is closed`)
    this.#checkReason(actor)
    actor.mode = 'busy'
    this.#forget(actor)
  }

  /** Something was thrown in it: a mishap, or what a check found. */
  onFailure(actor: Actor, error: unknown): void {
    this.note(() => `  ${actor.name} fails`)
    if (!(error instanceof Mishap)) this.#fault ??= error
  }

  /** It has ended, and with it its links. */
  onEnd(actor: Actor): void {
    this.note(() => `  ${actor.name} ends`)
    if (actor.over) throw new Error(`${actor.name} ended twice`)
    if (!actor.ended) throw new Error(`${actor.name} is asked to end, and has not ended`)
    if (actor.cleanUps !== (actor.begun ? 1 : 0))
      throw new Error(`the finally block of ${actor.name} ran ${actor.cleanUps} times`)
    this.#checkReason(actor)
    if (this.current === actor) this.current = undefined
    const [, , signal] = actor.outs
    if (actor.failed || signal.sent + signal.discarded === 0) this.#say(signal)
    actor.over = true
    this.#forget(actor)
    for (const inbox of actor.ins) {
      inbox.dropped += inbox.queue.length
      inbox.queue.length = 0
      for (const feeder of inbox.feeders) {
        feeder.to = undefined
        this.happens(feeder.owner)
      }
      inbox.feeders.clear()
      inbox.check()
    }
    for (const out of actor.outs) {
      out.to?.feeders.delete(out)
      out.to = undefined
      out.check()
    }
    for (const child of actor.below) this.tell(child)
    if (actor.above) {
      actor.above.below.delete(actor)
      this.happens(actor.above)
    }
    this.named.delete(actor.name)
    this.living--
    if (!actor.isService) this.citizens--
    if (this.living === 0) {
      this.stopping = false
      this.#settling = false
      this.aborted = false
    }
  }

  /** The very last that is heard of it. */
  #onEnded(name: string): void {
    const actor = this.actors.find((actor) => actor.name === name)
    if (!actor?.failed && !actor?.failedLate) return
    this.firstFailure ??= actor
    if (!this.isolates && this.living > 0) this.stopping = true
  }

  /** Every box must be as it was counted, and no actor asleep that has something to do. */
  check(): void {
    if (this.#fault) throw this.#fault
    if (this.stopping) throw new Error('all were to be closed, and some live on')
    for (const actor of this.actors) {
      for (const inbox of actor.ins) inbox.check()
      for (const out of actor.outs) out.check()
      if (actor.isNeglecting) throw new Error(`${actor.name}, ${actor.role}, sleeps over something`)
      if (!actor.over && actor.graceEnd <= this.now)
        throw new Error(`${actor.name} lives on after its grace time`)
      if (actor.over !== actor.ended) throw new Error(`${actor.name} has ended, or not`)
    }
    const { components } = this.scheduler.snapshot()
    if (components.length !== this.living) throw new Error(`${components.length} live`)
  }

  /** When all have ended, nothing may be left. */
  checkEnd(): void {
    this.check()
    if (this.living > 0) throw new Error(`${this.living} live on`)
    if (this.clock.pending > 0) throw new Error(`${this.clock.pending} timers are left`)
    for (const actor of this.actors)
      for (const out of actor.outs)
        if (out.box.linked && actor.mode !== 'new') throw new Error(`${out.box.name} is linked`)
  }

  protected register(actor: Actor, parent?: Actor, isService = false): void {
    actor.number = ++this.activations
    actor.mode = 'ready'
    actor.owed = true
    actor.isService = parent?.isService ?? isService
    actor.above = parent
    parent?.below.add(actor)
    this.named.set(`Actor#${actor.number}`, actor)
    this.living++
    if (!actor.isService) this.citizens++
  }

  /** A box says the last word of its component. */
  #say(out: OutboxModel): void {
    const outcome = out.to?.put(ITS_OWN)
    if (!out.to) out.discarded++
    else if (outcome !== 'refused') {
      out.sent++
      if (outcome === 'stored') this.happens(out.to.owner)
    }
  }

  /** It is asked to shut down, and has its time for that. */
  protected tell(actor: Actor): void {
    if (actor.ins[2].put(ITS_OWN) === 'stored') this.happens(actor)
    if (actor.graceEnd === Infinity) actor.graceEnd = this.now + GRACE_MS
  }

  /** It is closed at once: it has not begun, and never will. */
  protected doom(actor: Actor): void {
    actor.graceEnd = this.now
  }

  /** Something that wakes a paused actor. */
  protected happens(actor: Actor): void {
    if (actor.mode === 'paused' && !actor.over) this.wake(actor)
  }

  protected wake(actor: Actor): void {
    actor.mode = 'ready'
    actor.owed = true
  }

  #forget(actor: Actor): void {
    actor.owed = false
    this.queue = this.queue.filter((other) => other !== actor)
  }

  /** No actor is closed without a reason. */
  #checkReason(actor: Actor): void {
    if (this.underRun && this.citizens === 0 && actor.isService) this.#settling = true
    if (!actor.leaving && !this.stopping && !this.#settling && actor.graceEnd > this.now)
      throw new Error(`${actor.name} is closed for no reason`)
  }
}
