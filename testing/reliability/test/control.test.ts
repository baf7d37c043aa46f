import { Readable, Writable } from 'node:stream'
import { Graphline, Pipeline } from '@udpng/chassis'
import { ConsoleEchoer, ConsoleReader } from '@udpng/console'
import { type Component, type Control, Inbox, link, Scheduler } from '@udpng/core'
import { DataSource, Splitter, Ticker, Transformer } from '@udpng/flow'
import { kinds, ScriptedTransport } from '@udpng/transport-tests/tools'
import {
  anyRecipe,
  attempt,
  corpus,
  finding,
  make,
  oddRecipes,
  oneOf,
  Random,
  type Recipe,
  StepClock,
  seed,
  sizeOf,
} from 'reliability'
import { describe, expect, it } from 'vitest'

/** A control message, as it stands in the corpus. */
interface ControlInput {
  readonly to: string
  readonly message: Recipe
}

function* endless(): Generator<number, void, void> {
  for (let n = 0; ; n++) yield n
}

/** Every component that is shipped, as it lives forever when nothing is said to it. */
const components: Readonly<Record<string, () => Component>> = {
  ...Object.fromEntries(
    kinds.map((kind) => [
      kind.name,
      () => kind.create({ transport: new ScriptedTransport('by hand') }, ['127.0.0.1', 1500]),
    ]),
  ),
  ConsoleEchoer: () => new ConsoleEchoer({ output: new Writable({ write() {} }) }),
  ConsoleReader: () => new ConsoleReader({ input: new Readable({ read() {} }) }),
  DataSource: () => {
    const source = new DataSource(endless())
    link(source.outbox, new Inbox('Never taken', { capacity: 1 }))
    return source
  },
  Splitter: () => new Splitter(),
  Ticker: () => new Ticker({ intervalMs: 1 }),
  Transformer: () => new Transformer((message: unknown) => message),
  Pipeline: () => new Pipeline(new Transformer((message: unknown) => message), new Splitter()),
  Graphline: () => new Graphline({ A: new Splitter(), B: new Transformer(String) }, {}),
}

/** What it is, when it is a control message. */
function kindOf(message: unknown): Control['kind'] | undefined {
  try {
    const { kind } = Object(message) as Control
    return kind === 'producerFinished' || kind === 'shutdownMicroprocess' ? kind : undefined
  } catch {
    return undefined
  }
}

class Living {
  readonly component: Component
  readonly said: Inbox<Control> = new Inbox('Said')
  readonly #scheduler = new Scheduler({ clock: new StepClock(), onFailure: 'isolate' })
  failure: unknown

  constructor(component: Component) {
    this.component = component
    this.#scheduler.observe((event) => {
      if (event.kind === 'failed') this.failure = event.error
    })
    link(component.signal, this.said)
    this.#scheduler.activate(component)
    this.go()
  }

  go(): void {
    for (let n = 0; n < 6; n++) this.#scheduler.step()
  }

  stop(): void {
    this.#scheduler.stop()
  }
}

describe('control', () => {
  it('REL-04 CTL-05 whatever is put in control, only the two control messages have an effect', (context) => {
    const random = new Random(seed)
    const count = sizeOf({ fast: 15_000, long: 200_000 })
    const names = Object.keys(components)
    finding(context, 'control messages', () => `${count} messages to ${names.length} components`)
    const living = new Map<string, Living>()
    const check = ({ to, message }: ControlInput): void => {
      const one = living.get(to) ?? new Living((components[to] as () => Component)())
      living.delete(to)
      const value = make(message)
      one.component.control.deliver(value as Control)
      one.go()
      if (one.failure) throw one.failure
      if (kindOf(value)) {
        one.stop()
        return
      }
      expect(one.component.ended).toBe(false)
      expect(one.said.delivered).toBe(0)
      living.set(to, one)
    }
    const odd = names.flatMap((to) => oddRecipes.map((message) => ({ to, message })))
    for (const input of [...corpus<ControlInput>('control'), ...odd])
      attempt('control', seed, input, check)
    for (let n = 0; n < count; n++) {
      const input = { to: oneOf(random, names), message: anyRecipe(random) }
      attempt('control', seed, input, check)
    }
    for (const one of living.values()) {
      one.component.control.deliver({ kind: 'shutdownMicroprocess' })
      one.go()
      expect(one.component.ended).toBe(true)
      expect(one.said.delivered).toBe(1)
    }
  })
})
