import type { UdpngError } from '@udpng/core'
import { type Decisions, oneOf } from '../random.js'
import { Actor, Mishap } from './actor.js'
import { BoxWorld } from './box-world.js'
import { HandPromise } from './hand-promise.js'
import type { Setting } from './model.js'
import { tried } from './tried.js'

/** Maximum number of components at a time. */
const MAX_ACTORS = 7
const PROMISES = 3

/** Components that do and suffer what the decisions say, beside a model of what must come of it. */
export class World extends BoxWorld implements Decisions {
  operations = 0
  readonly #decisions: Decisions
  #inStep = false
  #inTime = false
  #promiseNumber = 0
  readonly #promises: HandPromise[] = []
  readonly #services = new Map<number, Actor>()
  /** What aborts the runs under way. */
  readonly #aborts: AbortController[] = []
  readonly #runs: Promise<unknown>[] = []
  #settled = 0

  constructor(decisions: Decisions, setting: Setting) {
    super(decisions.roll(2) === 1, setting)
    this.#decisions = decisions
  }

  roll(below: number): number {
    return this.#decisions.roll(below)
  }

  /** A few things happen in a step of `actor`, in which it may also be closed. */
  happenOften(actor: Actor): void {
    for (let n = this.roll(3); n > 0; n--) this.happen(actor)
  }

  /** Something happens, in a step of `actor` or from outside. */
  happen(actor?: Actor): void {
    const what = this.roll(30)
    if (what === 0) return
    this.operations++
    if (what < 4 || this.actors.length === 0) this.#birth(actor)
    else this.#happenTo(oneOf(this, this.actors), what, actor)
  }

  #happenTo(some: Actor, what: number, actor: Actor | undefined): void {
    const inbox = oneOf(this, some.ins)
    const out = oneOf(this, oneOf(this, this.actors).outs)
    if (what < 7) this.deliver(inbox)
    else if (what < 11) this.send(out)
    else if (what < 14) this.take(inbox)
    else if (what < 15) this.takeAll(inbox)
    else if (what < 20) this.link(out, inbox)
    else if (what < 22) this.unlink(out)
    else if (what < 24) this.#settle(this.promise())
    else if (what < 25) this.#activateAgain(some)
    else if (what < 26) this.#service()
    else if (what < 27) this.#look()
    else if (what < 28) this.cycle()
    else if (what < 29) this.#rarely(actor)
    else if (actor) this.deliver(actor.ins[0])
    else this.#pass()
  }

  /** One of a few promises, which is settled some time. */
  promise(): HandPromise {
    while (this.#promises.length < PROMISES)
      this.#promises.push(new HandPromise(++this.#promiseNumber))
    return oneOf(this, this.#promises)
  }

  /** Some new components. */
  populate(): void {
    for (let n = 1 + this.roll(4); n > 0; n--) this.#birth(undefined)
  }

  /** Begins a run. */
  run(): void {
    const abort = new AbortController()
    this.#aborts.push(abort)
    this.note(() => 'run()')
    const run = this.scheduler.run({ signal: abort.signal }).then(
      () => undefined,
      (error: unknown) => error,
    )
    void run.then(() => this.#settled++)
    this.#runs.push(run)
  }

  get runs(): number {
    return this.#runs.length
  }

  /** Whether all runs have come to their end. */
  get settled(): boolean {
    return this.#settled === this.#runs.length
  }

  /** How they must have ended; then they are forgotten. */
  async checkRuns(): Promise<void> {
    const failed = this.isolates ? undefined : this.firstFailure
    for (const run of this.#runs) {
      const error = await run
      if (failed ? (error as UdpngError)?.component !== failed.name : error !== undefined)
        throw new Error(
          `run() ends with ${error}, not ${failed ? `that of ${failed.name}` : 'nothing'}`,
        )
    }
    this.firstFailure = undefined
    this.#settled = this.#runs.length = this.#aborts.length = 0
  }

  /** Every actor is asked to shut down. */
  abort(): void {
    const abort = this.#aborts.pop()
    if (!abort) return
    this.note(() => 'abort')
    if (this.living > 0) {
      this.aborted = true
      // Which of them the scheduler notifies first makes no difference.
      for (const actor of this.named.values())
        if (!actor.isService) {
          if (actor.begun) this.tell(actor)
          else this.doom(actor)
        }
    }
    abort.abort()
  }

  stop(): void {
    this.note(() => 'stop()')
    if (this.living > 0) this.stopping = true
    this.scheduler.stop()
  }

  /** One cycle, in which every actor steps that must. */
  cycle(): void {
    if (this.#inTime) return
    const { steps } = this
    if (this.current || this.#inStep) {
      this.scheduler.step()
      if (this.steps !== steps) throw new Error('a step was made inside a step')
      return
    }
    this.note(() => 'step()')
    if (this.queue.length === 0) this.queue = this.due()
    this.#inStep = true
    this.#step()
    this.#inStep = false
    // Under run() a cycle that was broken off may have had no actor left to step.
    if (this.underRun && this.steps === steps) this.queue = []
    if (this.queue.length > 0)
      throw new Error(`${this.queue.map(({ name }) => name)} did not step: a wake was lost`)
  }

  /** A cycle, which throws the first failure unless failures are isolated, or a run takes it. */
  #step(): void {
    try {
      this.scheduler.step()
    } catch (error) {
      const failed = this.isolates || this.underRun ? undefined : this.firstFailure
      if (!failed || (error as UdpngError).component !== failed.name) throw error
      this.firstFailure = undefined
    }
  }

  #birth(actor: Actor | undefined): void {
    if (!this.#makeRoom()) return
    const child = new Actor(this)
    this.actors.push(child)
    const how = this.roll(4)
    if (how === 3) this.note(() => 'one is made')
    else if (how === 0 || !actor) this.#activate(child)
    else {
      this.note(() => `${actor.name} bears Actor#${this.activations + 1}, ${child.role}`)
      this.register(child, actor)
      actor.bear(child)
    }
  }

  /** Forgets one that is over, if there must be room. */
  #makeRoom(): boolean {
    const { actors } = this
    if (actors.length < MAX_ACTORS) return true
    const at = actors.findIndex(({ over }) => over)
    if (at >= 0) actors.splice(at, 1)
    return at >= 0
  }

  #activate(actor: Actor): void {
    this.note(() => `Actor#${this.activations + 1}, ${actor.role}, is activated`)
    this.register(actor)
    const { stopping } = this
    if (this.aborted && !stopping) this.doom(actor)
    this.scheduler.activate(actor)
  }

  #activateAgain(actor: Actor): void {
    if (actor.mode === 'new') this.#activate(actor)
    else {
      const result = tried(() => void this.scheduler.activate(actor))
      if (result !== (actor.over ? 'BAD_ACTIVATION' : undefined))
        throw new Error(`${actor.name} is activated again: ${result}`)
    }
  }

  #service(): void {
    const key = this.roll(2)
    const before = this.#services.get(key)
    let made: Actor | undefined
    const service = this.scheduler.service(key, () => {
      this.#makeRoom()
      made = new Actor(this)
      this.note(() => `the service ${key}, ${made?.role}, is made`)
      this.register(made, undefined, true)
      this.#services.set(key, made)
      this.actors.push(made)
      return made
    })
    const expected = before && !before.over ? before : made
    if (service !== expected || (made && before && !before.over))
      throw new Error(`the service ${key} is another`)
  }

  #rarely(actor: Actor | undefined): void {
    const what = this.roll(8)
    if (what === 1) this.stop()
    else if (what === 2 && this.underRun) this.abort()
    else if (what === 3 && this.underRun && !actor && this.living > 0) this.run()
    else if (what === 4 && actor && !actor.over && this.current === actor) throw actor.mishap()
  }

  #settle(promise: HandPromise): void {
    this.#promises.splice(this.#promises.indexOf(promise), 1)
    const fails = this.roll(3) === 2
    this.note(() => `promise ${promise.number} is ${fails ? 'rejected' : 'fulfilled'}`)
    for (const actor of this.named.values())
      if (actor.promise === promise && actor.mode === 'waiting') this.wake(actor)
    promise.settle(fails ? { error: new Mishap('rejected') } : { value: promise.number })
  }

  /** Time passes. */
  #pass(): void {
    this.passTo(this.now + oneOf(this, [1, 2, 3, 5, 1000]))
  }

  passTo(now: number): void {
    this.note(() => `it is ${now}`)
    for (const actor of this.named.values())
      if (actor.due <= now && (actor.mode === 'paused' || actor.mode === 'waiting'))
        this.wake(actor)
    this.#inTime = true
    this.clock.moveTo(now)
    this.#inTime = false
  }

  /** What a snapshot says of those who are at rest. */
  #look(): void {
    const { components, links } = this.scheduler.snapshot()
    for (const { name, state, plumbing, parent } of components) {
      const actor = this.named.get(name)
      if (!actor || actor.isService !== plumbing) throw new Error(`${name} is shown`)
      if (actor.mode !== 'busy' && actor.mode !== state && !actor.leaving)
        throw new Error(`${name} is ${state}, not ${actor.mode}`)
      if (actor.above && actor.above.name !== parent) throw new Error(`${name} is ${parent}'s`)
    }
    let linked = 0
    for (const { outs } of this.named.values()) for (const { to } of outs) if (to) linked++
    if (links.length !== linked) throw new Error(`${links.length} links are shown, not ${linked}`)
  }
}
