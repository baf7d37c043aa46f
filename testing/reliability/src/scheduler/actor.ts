import { Component, type Control, Inbox, type Main, Outbox, type WhenFull } from '@udpng/core'
import { oneOf } from '../random.js'
import { InboxModel, OutboxModel } from './box-models.js'
import type { HandPromise } from './hand-promise.js'
import type { World } from './world.js'

const POLICIES: readonly WhenFull[] = ['accept', 'accept', 'throw', 'dropNewest', 'dropOldest']
/** What a component is like; the first is what an empty tape gives. */
type Role = 'idler' | 'wanderer' | 'producer' | 'forwarder' | 'sleeper' | 'waiter'
const ROLES: readonly Role[] = ['idler', 'wanderer', 'producer', 'forwarder', 'sleeper', 'waiter']

/** What the model says it is doing. */
type Mode = 'new' | 'ready' | 'busy' | 'paused' | 'waiting'

/** What an actor throws. */
export class Mishap extends Error {}

/** A component that does what the tape says, and the model of it. */
export class Actor extends Component {
  readonly a: Inbox<unknown>
  readonly b: Inbox<unknown>
  readonly x: Outbox<unknown> = new Outbox('X')
  readonly y: Outbox<unknown> = new Outbox('Y')
  readonly ins: readonly [a: InboxModel, b: InboxModel, control: InboxModel]
  readonly outs: readonly [x: OutboxModel, y: OutboxModel, signal: OutboxModel]
  readonly role: Role
  readonly world: World

  mode: Mode = 'new'
  /** It must step in the next cycle. */
  owed = false
  /** Steps that it has made. */
  steps = 0
  /** When its own time comes. */
  due: number = Infinity
  /** What it waits for. */
  promise: HandPromise | undefined
  /** When it is closed unless it has ended. */
  graceEnd: number = Infinity
  isService = false
  above: Actor | undefined
  readonly below: Set<Actor> = new Set()
  /** In the order of activation, from 1. */
  number = 0
  /** Its own thread is through. */
  leaving = false
  /** It failed before it had ended. */
  failed = false
  /** It failed when it had ended already. */
  failedLate = false
  /** It has ended. */
  over = false
  begun = false
  cleanUps = 0

  constructor(world: World) {
    super()
    this.world = world
    const inbox = (): Inbox<unknown> =>
      new Inbox('In', {
        capacity: world.roll(8) === 7 ? Infinity : 1 + world.roll(6),
        whenFull: oneOf(world, POLICIES),
      })
    this.a = inbox()
    this.b = inbox()
    this.ins = [
      new InboxModel(this.a, this),
      new InboxModel(this.b, this),
      new InboxModel(this.control as Inbox<unknown>, this),
    ]
    this.outs = [
      new OutboxModel(this.x, this),
      new OutboxModel(this.y, this),
      new OutboxModel(this.signal as Outbox<unknown>, this),
    ]
    this.role = oneOf(world, ROLES)
  }

  override *main(): Main {
    const { world } = this
    const life = this.#life()
    try {
      for (;;) {
        if (this.#failing(() => this.#step(life)).done) return
        world.onYield(this)
        yield
      }
    } finally {
      // Closed from outside; else it is through, and this does nothing.
      for (let rest = this.#failing(() => life.return()); !rest.done; ) {
        yield
        rest = this.#failing(() => life.next())
      }
    }
  }

  #step(life: Main): ReturnType<Main['next']> {
    this.world.onStep(this)
    const result = life.next()
    this.leaving = result.done === true
    return result
  }

  /** What is thrown here is its failure. */
  #failing<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      this.leaving = true
      this.failed = true
      this.world.onFailure(this, error)
      throw error
    }
  }

  /** Makes `child` a child of this one, as it may within a step. */
  bear(child: Actor): void {
    this.activate(child)
  }

  protected override onEnd(): void {
    try {
      this.world.onEnd(this)
      if (this.world.roll(50) === 49) throw this.mishap()
    } catch (error) {
      this.failedLate = true
      this.world.onFailure(this, error)
      throw error
    }
  }

  *#life(): Main {
    this.begun = true
    try {
      if (this.role === 'producer') yield* this.#produce()
      else if (this.role === 'forwarder') yield* this.#forward()
      else if (this.role === 'sleeper') yield* this.#doze()
      else if (this.role === 'waiter') yield* this.#await()
      else if (this.role === 'wanderer') yield* this.#wander()
      else while (!this.#told()) yield this.rest()
    } finally {
      yield* this.#cleanUp()
    }
  }

  /** Sends as long as there is room. */
  *#produce(): Main {
    const [out] = this.outs
    for (let left = this.world.roll(20); left > 0 && !this.#told(); left--) {
      while (out.box.full && !this.control.ready) yield this.rest()
      this.world.send(out)
    }
  }

  /** Passes on as long as there is room, and ends on request. */
  *#forward(): Main {
    const [inbox] = this.ins
    const [out] = this.outs
    for (;;) {
      // It may feed itself: not without end.
      for (let left = 8; left > 0 && inbox.box.ready && !out.box.full; left--) {
        this.world.take(inbox)
        this.world.send(out)
      }
      this.world.happenOften(this)
      if (this.#told()) return
      yield inbox.box.ready && !out.box.full ? undefined : this.rest()
    }
  }

  /** Whether it has something to do that it would not sleep over. */
  get isNeglecting(): boolean {
    if (this.over || this.mode !== 'paused' || this.cleanUps > 0) return false
    if (this.role === 'forwarder') return (this.a.ready && !this.x.full) || this.control.ready
    if (this.role === 'producer') return !this.x.full || this.control.ready
    return this.role === 'idler' && this.control.ready
  }

  *#doze(): Main {
    const { world } = this
    while (!this.#told()) {
      const ms = oneOf(world, [0, 1, 2, 5, 10, -1, Number.NaN, 5000])
      const until = world.now + (ms || 0)
      this.suspend(ms)
      yield* this.sleep(ms)
      if (world.now < until) throw new Error(`${this.name} slept ${ms} ms too short`)
      world.happenOften(this)
      if (world.roll(6) === 0) return
    }
  }

  *#await(): Main {
    const { world } = this
    do {
      const promise = world.promise()
      if (!promise.settled) {
        this.suspend(Infinity)
        this.promise = promise
      }
      try {
        const value = yield* this.until(promise)
        if (value !== promise.number) throw new Error(`${this.name} got the value of another`)
      } catch (error) {
        if (!(error instanceof Mishap)) throw error
      }
      if (!promise.settled) throw new Error(`${this.name} did not wait for its promise`)
      world.happenOften(this)
    } while (world.roll(6) > 0)
  }

  /** Does whatever comes, and rests in all the ways there are. */
  *#wander(): Main {
    const { world } = this
    for (;;) {
      world.happenOften(this)
      const what = world.roll(16)
      if (what === 0) return
      if (what === 1) throw this.mishap()
      if (what < 5) yield
      else if (what < 7) {
        const ms = world.roll(6)
        this.suspend(ms)
        yield* this.sleep(ms)
      } else {
        const nap = this.rest(what < 10 ? world.roll(6) : undefined)
        // What happens between the pause and its yield must not be lost.
        world.happenOften(this)
        yield nap
      }
    }
  }

  *#cleanUp(): Main {
    const { world } = this
    this.cleanUps++
    world.onCleanUp(this)
    const what = world.roll(12)
    if (what < 8) return
    world.happenOften(this)
    if (what === 8) throw this.mishap()
    if (what === 9) yield
    // Asleep in its clean-up: asked to close, it is still closed.
    if (what === 10) yield this.rest(2)
    if (what === 11) {
      this.suspend(3)
      yield* this.sleep(3)
    }
  }

  /** What it fails with. */
  mishap(): Mishap {
    return new Mishap(`the mishap of ${this.name}`)
  }

  rest(ms?: number): undefined {
    if (ms === undefined) this.pause()
    else this.pause(ms)
    this.mode = 'paused'
    // Woken in this very step before, it still sleeps.
    this.owed = false
    this.due = ms === undefined ? Infinity : this.world.now + ms
  }

  /** To be called before it sleeps, or waits. */
  suspend(ms: number): void {
    this.mode = 'waiting'
    this.owed = false
    this.due = this.world.now + Math.max(0, ms || 0)
  }

  /** Takes all that waits in control, and says whether it is to end. */
  #told(): boolean {
    const { world } = this
    const control = this.ins[2]
    let told = false
    while (control.box.ready) {
      const word = world.take(control) as Partial<Control> | undefined
      told ||= word?.kind === 'shutdownMicroprocess' || word?.kind === 'producerFinished'
    }
    return told
  }
}
