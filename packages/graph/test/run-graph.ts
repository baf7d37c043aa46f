import { Component, Inbox, type Main, Scheduler } from '@udpng/core'
import { assemble, type GraphComponent } from '@udpng/graph'
import { ManualClock } from 'test-support'
import { read } from './read.js'

/** Keeps the messages that it is asked to take: when it is full it applies backpressure. */
export class Keep extends Component {
  readonly inbox: Inbox<unknown>
  readonly got: unknown[] = []
  readonly told: string[] = []
  asked: number = Infinity

  constructor({ capacity = 1024 }: { readonly capacity?: number } = {}) {
    super()
    this.inbox = new Inbox('Messages', { capacity })
  }

  override *main(): Main {
    for (;;) {
      for (; this.asked > 0 && this.inbox.ready; this.asked--) this.got.push(this.inbox.recv())
      for (const { kind } of this.control) {
        this.told.push(`${kind} after ${this.got.length}`)
        return
      }
      yield this.pause()
    }
  }
}

const TICK_MS = 10

/** A graph that runs on a clock moved by hand, with `Keep` as one more component that it can name. */
export class RunningGraph {
  readonly clock: ManualClock = new ManualClock()
  readonly #scheduler = new Scheduler({ clock: this.clock })
  readonly #whole: GraphComponent

  constructor(text: string) {
    const { graph, errors } = read(text, { file: 'f.yaml', components: { Keep } })
    if (!graph) throw new Error(errors.join('\n'))
    this.#whole = this.#scheduler.activate(assemble(graph))
  }

  get ended(): boolean {
    return this.#whole.ended
  }

  /** Runs it until all components pause, again and again for `ms` milliseconds, if given. */
  async rest(ms = 0): Promise<void> {
    for (let passed = 0; ; passed += TICK_MS) {
      for (let i = 0; i < 50; i++) this.#scheduler.step()
      if (passed >= ms) return
      await this.clock.advance(TICK_MS)
    }
  }

  part(name: string): Component {
    const part = this.#whole.parts.get(name)
    if (!part) throw new Error(`there is no ${name}`)
    return part
  }

  keep(name: string): Keep {
    return this.part(name) as Keep
  }
}
