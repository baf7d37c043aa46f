import {
  type Clock,
  Component,
  Inbox,
  type Linkage,
  link,
  type Main,
  Outbox,
  Scheduler,
  type WhenFull,
} from '@udpng/core'
import { describe, expect, it } from 'vitest'
import { Part } from './part.js'

const OPERATIONS = 1_000_000
/** How many components live at a time. */
const NODES = 6
const POLICIES: readonly WhenFull[] = ['accept', 'accept', 'throw', 'dropNewest', 'dropOldest']

type Random = (below: number) => number

/** Whole numbers below `below` (mulberry32). */
function random(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** What one inbox must look like: a plain array, and counts. */
interface InboxModel {
  readonly box: Inbox<number>
  readonly owner: Node
  queue: number[]
  delivered: number
  taken: number
  dropped: number
}

/** One outbox, and where it leads. */
interface OutboxModel {
  readonly box: Outbox<number>
  readonly owner: Node
  to: InboxModel | undefined
  linkage: Linkage | undefined
}

class Node extends Component {
  readonly a: Inbox<number>
  readonly b: Inbox<number>
  readonly x: Outbox<number> = new Outbox('X')
  readonly y: Outbox<number> = new Outbox('Y')
  readonly ins: readonly InboxModel[]
  readonly outs: readonly OutboxModel[]
  readonly children = new Set<Node>()
  above: Node | undefined
  /** What it waits for: nothing, anything that happens, or its time alone. */
  mode: 'awake' | 'napping' | 'asleep' = 'awake'
  /** When its time comes. */
  due = Infinity
  /** It must step in the next cycle. */
  owed = true
  steps = 0
  readonly #world: World

  constructor(world: World, roll: Random) {
    super()
    const inbox = (): Inbox<number> =>
      new Inbox('In', {
        capacity: roll(8) === 0 ? Infinity : 1 + roll(20),
        whenFull: POLICIES[roll(POLICIES.length)] as WhenFull,
      })
    this.a = inbox()
    this.b = inbox()
    this.ins = [this.a, this.b].map((box) => ({
      box,
      owner: this,
      queue: [],
      delivered: 0,
      taken: 0,
      dropped: 0,
    }))
    this.outs = [this.x, this.y].map((box) => ({
      box,
      owner: this,
      to: undefined,
      linkage: undefined,
    }))
    this.#world = world
  }

  override *main(): Main {
    const world = this.#world
    for (;;) {
      this.steps++
      this.mode = 'awake'
      this.owed = false
      this.due = Infinity
      for (let n = world.roll(3); n > 0; n--) world.operate(this)
      if (this.readControl() || world.roll(300) === 0) break
      const ms = world.roll(6)
      switch (world.roll(5)) {
        case 0:
          this.owed = true
          yield
          break
        case 1:
          this.mode = 'asleep'
          this.due = world.now + ms
          yield* this.sleep(ms)
          break
        default: {
          const timed = world.roll(2) === 0
          const nap = timed ? this.pause(ms) : this.pause()
          this.mode = 'napping'
          if (timed) this.due = world.now + ms
          // what happens between the pause and its yield must not be lost
          for (let n = world.roll(3); n > 0; n--) world.operate(this)
          yield nap
        }
      }
    }
    world.over(this)
  }

  /** Makes `child` a child of this one, as it may within a step. */
  bear(child: Node): void {
    child.above = this
    this.children.add(child)
    this.activate(child)
  }
}

/** Components that do and suffer random things, and a plain model of what must come of it. */
class World {
  readonly roll: Random
  readonly scheduler: Scheduler
  now = 0
  operations = 0
  readonly nodes: Node[] = []
  readonly #orphans: Node[] = []
  readonly #timers = new Set<{ due: number; callback: () => void }>()
  #next = 0

  constructor(seed: number) {
    this.roll = random(seed)
    const clock: Clock = {
      now: () => this.now,
      after: (ms, callback) => {
        const timer = { due: this.now + ms, callback }
        this.#timers.add(timer)
        return () => void this.#timers.delete(timer)
      },
    }
    this.scheduler = new Scheduler({ clock })
    while (this.nodes.length < NODES) {
      this.nodes.push(this.scheduler.activate(new Node(this, this.roll)))
    }
  }

  get timers(): number {
    return this.#timers.size
  }

  /** One cycle, in which every component that must step steps once. */
  cycle(): void {
    const before = this.nodes.map((node) => ({
      node,
      steps: node.steps,
      // one that is activated in this cycle first steps in the next
      owed: node.owed && !this.#orphans.includes(node),
    }))
    this.scheduler.step()
    for (const { node, steps, owed } of before) {
      if (node.steps > steps + 1) throw new Error(`${node.name} stepped twice in a cycle`)
      if (owed && node.steps === steps) throw new Error(`${node.name} is stuck: a wake was lost`)
    }
    for (const [n, { node }] of before.entries()) {
      if (!node.ended) continue
      const child = new Node(this, this.roll)
      this.nodes[n] = child
      // some become children of another, the next time that makes a step
      if (this.roll(2)) this.scheduler.activate(child)
      else this.#orphans.push(child)
    }
    for (const child of this.#orphans.splice(2)) this.scheduler.activate(child)
  }

  /** Something random happens, in a step of `actor` or from outside. */
  operate(actor?: Node): void {
    this.operations++
    const node = this.nodes[this.roll(this.nodes.length)] as Node
    const box = node.ins[this.roll(2)] as InboxModel
    const out = node.outs[this.roll(2)] as OutboxModel
    const orphan = actor && this.#orphans.pop()
    if (orphan) actor.bear(orphan)
    const what = this.roll(12)
    if (what < 2) this.#deliver(box, (message) => box.box.deliver(message))
    else if (what < 5) this.#send(out)
    else if (what < 8) this.#take(box)
    else if (what < 10) this.#link(out, box)
    else if (what < 11) this.#unlink(out)
    else if (!actor) this.#tick()
  }

  /** The thread of `node` is through. */
  over(node: Node): void {
    for (const box of node.ins) {
      box.dropped += box.queue.length
      box.queue = []
    }
    for (const other of this.nodes)
      for (const out of other.outs)
        if (out.to && (other === node || out.to.owner === node)) {
          out.to = undefined
          this.#happens(other)
        }
    for (const child of node.children) {
      child.above = undefined
      this.#happens(child)
    }
    if (node.above) {
      node.above.children.delete(node)
      this.#happens(node.above)
    }
    node.owed = false
    node.mode = 'asleep'
    node.due = Infinity
  }

  /** Every sleeping component must wake. */
  #happens(node: Node): void {
    if (node.mode === 'napping') node.owed = true
  }

  #deliver(model: InboxModel, act: (message: number) => boolean): void {
    const message = this.#next++
    const { box, queue, owner } = model
    const full = queue.length >= box.capacity
    let refused = false
    let room: boolean | undefined
    try {
      room = act(message)
    } catch {
      refused = true
    }
    if (owner.ended) {
      model.delivered++
      model.dropped++
    } else if (refused !== (full && box.whenFull === 'throw')) throw new Error('refused or not')
    else if (!refused) {
      model.delivered++
      if (full && box.whenFull.startsWith('drop')) model.dropped++
      if (full && box.whenFull === 'dropOldest') queue.shift()
      if (!full || box.whenFull !== 'dropNewest') {
        queue.push(message)
        this.#happens(owner)
      }
      const held = !box.whenFull.startsWith('drop') && queue.length >= box.capacity
      if (room !== !held) throw new Error('deliver returns the wrong value')
    }
    this.#check(model)
  }

  #send(out: OutboxModel): void {
    if (out.box.linked !== (out.to !== undefined)) throw new Error('linked or not')
    const { discarded } = out.box
    if (out.to) this.#deliver(out.to, (message) => out.box.send(message))
    else if (!out.box.send(-1) || out.box.full || out.box.discarded !== discarded + 1)
      throw new Error('discarded wrong')
  }

  #take(model: InboxModel): void {
    const expected = model.queue.shift()
    if (model.box.recv() !== expected) throw new Error('wrong message')
    if (expected !== undefined) {
      model.taken++
      if (model.box.capacity !== Infinity)
        for (const other of this.nodes)
          for (const out of other.outs) if (out.to === model) this.#happens(other)
    }
    this.#check(model)
  }

  #link(out: OutboxModel, to: InboxModel): void {
    if (out.to) return
    out.linkage = link(out.box, to.box)
    if (!out.owner.ended && !to.owner.ended) out.to = to
    else this.#happens(out.owner)
  }

  #unlink(out: OutboxModel): void {
    // also long after it was cut, or the outbox linked elsewhere: then it does nothing
    if (this.roll(4) === 0) out.owner.outs[0]?.linkage?.unlink()
    else out.linkage?.unlink()
    for (const each of out.owner.outs)
      if (each.to && !each.box.linked) {
        each.to = undefined
        this.#happens(each.owner)
      }
  }

  #tick(): void {
    this.now++
    for (const timer of [...this.#timers])
      if (timer.due <= this.now && this.#timers.delete(timer)) timer.callback()
    for (const node of this.nodes) if (node.due <= this.now) node.owed = true
  }

  #check({ box, queue, delivered, taken, dropped }: InboxModel): void {
    if (
      box.length !== queue.length ||
      box.delivered !== delivered ||
      box.taken !== taken ||
      box.dropped !== dropped ||
      delivered !== taken + dropped + queue.length
    )
      throw new Error('wrong count')
  }
}

describe('random model checks', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

  it('CMP-09 1e6 random sends, takes, pauses, links, unlinks and ends leave no component stuck, and every count right', async ({
    annotate,
  }) => {
    await annotate(`SEED=${seed}`)
    const world = new World(seed)
    try {
      while (world.operations < OPERATIONS) {
        for (let n = world.roll(4); n > 0; n--) world.operate()
        world.cycle()
      }
    } catch (cause) {
      throw new Error(`SEED=${seed}, operation ${world.operations}`, { cause })
    }
    world.scheduler.stop()
    expect(world.timers).toBe(0)
  })

  it('CMP-09 in random nets under run(), with every box small, all messages arrive and all end', async ({
    annotate,
  }) => {
    await annotate(`SEED=${seed}`)
    const roll = random(seed)
    for (let net = 0; net < 300; net++) {
      const scheduler = new Scheduler()
      const stages = Array.from({ length: 2 + roll(4) }, () => 1 + roll(3))
      const items = roll(50)
      let arrived = 0
      /** Takes `batch` messages at a time, heeds backpressure, ends with those before it. */
      class Relay extends Part {
        readonly small: Inbox<unknown> = new Inbox('Small', { capacity: 1 + roll(3) })
      }
      const relay = (batch: number, feeders: number, last: boolean): Relay =>
        new Relay(function* (part): Main {
          const self = part as Relay
          for (let over = 0; over < feeders || self.small.ready; ) {
            for (const word of self.control) if (word.kind === 'producerFinished') over++
            for (let n = 0; n < batch && self.small.ready && !self.outbox.full; n++) {
              const message = self.small.recv()
              if (last) arrived++
              else self.outbox.send(message)
            }
            if (roll(4) === 0) yield
            else if (roll(6) === 0) yield* self.until(Promise.resolve())
            else if (over < feeders || self.outbox.full) yield self.pause()
            else yield
          }
        })
      let before: Part[] = Array.from(
        { length: stages[0] as number },
        () =>
          new Part(function* (self): Main {
            for (let n = 0; n < items; n++) {
              while (self.outbox.full) yield self.pause()
              self.outbox.send(n)
            }
          }),
      )
      const sources = before.length
      const all: Part[] = [...before]
      for (const [depth, width] of stages.slice(1).entries()) {
        const last = depth === stages.length - 2
        const here = Array.from({ length: width }, (_, n) =>
          relay(1 + roll(3), before.filter((_, m) => m % width === n).length, last),
        )
        for (const [m, part] of before.entries()) {
          const next = here[m % width] as Relay
          link(part.outbox, next.small)
          link(part.signal, next.control)
        }
        all.push(...here)
        before = here
      }
      for (let n = all.length - 1; n > 0; n--) {
        const other = roll(n + 1)
        ;[all[n], all[other]] = [all[other] as Part, all[n] as Part]
      }
      for (const part of all) scheduler.activate(part)
      let watchdog: NodeJS.Timeout | undefined
      const outcome = await Promise.race([
        scheduler.run(),
        new Promise<string>((resolve) => {
          watchdog = setTimeout(resolve, 60_000, 'stuck')
        }),
      ])
      clearTimeout(watchdog)
      expect(outcome, `SEED=${seed}, net ${net}`).toBeUndefined()
      expect(arrived, `SEED=${seed}, net ${net}`).toBe(sources * items)
    }
  })
})
