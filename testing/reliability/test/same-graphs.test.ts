import { type DatagramTransport, dgramTransport } from '@udpng/basic-peer'
import { Component, Inbox, link, type Main, Outbox, Scheduler, systemClock } from '@udpng/core'
import type { Address, Datagram } from '@udpng/datagram'
import { nativeTransport } from '@udpng/native'
import { Network, Random } from '@udpng/simulation'
import { type Kind, receivers, senders } from '@udpng/transport-tests/tools'
import { isLong, seed } from 'reliability'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'

const SHAPES = 200
const MESSAGES = isLong ? 50 : 10
const HOST = '127.0.0.1'

/** A node: how it receives, and to whom it passes on what it got, each with the kind that sends it. */
interface Node {
  readonly name: string
  readonly receiver: Kind
  readonly next: readonly { readonly sender: Kind; readonly node: Node }[]
}

function anyOf<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)] as T
}

function anyNode(random: Random, name: string, depth: number): Node {
  const width = depth === 0 ? 0 : random.below(3)
  return {
    name,
    receiver: anyOf(random, receivers),
    next: Array.from({ length: width }, (_, i) => ({
      sender: anyOf(random, senders),
      node: anyNode(random, `${name}.${i}`, depth - 1),
    })),
  }
}

/** Notes what it gets, and passes it on to all its outboxes, marked with its name. */
class Relay extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('Datagrams')
  readonly texts: string[] = []
  readonly outboxes: readonly Outbox<unknown>[]
  readonly #name: string

  constructor(name: string, width: number) {
    super()
    this.#name = name
    this.outboxes = Array.from({ length: width }, () => new Outbox('To the next one'))
  }

  override *main(): Main {
    for (;;) {
      for (const [data] of this.inbox) {
        this.texts.push(String(data))
        for (const outbox of this.outboxes) outbox.send(`${data} ${this.#name}`)
      }
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

/** Passes on what each kind of peer takes. */
class Addressing extends Component {
  readonly inbox: Inbox<unknown> = new Inbox('Data')
  readonly outbox: Outbox<unknown> = new Outbox('Messages')
  readonly #message: (data: unknown) => unknown

  constructor(message: (data: unknown) => unknown) {
    super()
    this.#message = message
  }

  override *main(): Main {
    for (;;) {
      for (const data of this.inbox) this.outbox.send(this.#message(data))
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

/** What each node got, by name, in order. */
type Trace = Readonly<Record<string, readonly string[]>>

/** Runs a graph on one transport. */
async function run(root: Node, transport: DatagramTransport): Promise<Trace> {
  const scheduler = new Scheduler()
  const relays = new Map<string, Relay>()
  const options = { transport, localAddr: HOST }

  const sender = (kind: Kind, to: Address): Addressing => {
    const peer = kind.create(options, to)
    const addressing = new Addressing((data) => kind.message(data, to))
    link(addressing.outbox, (peer as unknown as { inbox: Inbox<unknown> }).inbox)
    scheduler.activate(peer)
    return scheduler.activate(addressing)
  }

  const start = async ({ name, receiver, next }: Node): Promise<Address> => {
    const relay = new Relay(name, next.length)
    relays.set(name, relay)
    for (const [i, { sender: kind, node }] of next.entries()) {
      const { inbox } = sender(kind, await start(node))
      link(relay.outboxes[i] as Outbox<unknown>, inbox)
    }
    const peer = receiver.create(options, undefined)
    link((peer as unknown as { outbox: Outbox<Datagram> }).outbox, relay.inbox)
    scheduler.activate(relay)
    scheduler.activate(peer)
    void scheduler.run()
    return peer.bound
  }

  try {
    const first = sender(senders[0] as Kind, await start(root))
    for (let i = 0; i < MESSAGES; i++) first.inbox.deliver(`${i}`)
    await eventually(() => [...relays.values()].every(({ texts }) => texts.length >= MESSAGES))
    return Object.fromEntries([...relays].map(([name, { texts }]) => [name, texts]))
  } finally {
    scheduler.stop()
  }
}

/** What must come: every message, in order, with the names of those that passed it on. */
function expected({ name, next }: Node, path = ''): Trace {
  const own = Array.from({ length: MESSAGES }, (_, i) => `${i}${path}`)
  return Object.assign(
    { [name]: own },
    ...next.map(({ node }) => expected(node, `${path} ${name}`)),
  ) as Trace
}

function transports(): readonly DatagramTransport[] {
  const { transport } = new Network(new Random(1), systemClock).host('here', '10.0.0.1')
  try {
    return [dgramTransport, transport, nativeTransport()]
  } catch {
    return [dgramTransport, transport]
  }
}

describe('graphs', () => {
  it(`REL-09 ${SHAPES} random graphs show the same on every transport`, async () => {
    for (let shape = 0; shape < SHAPES; shape++) {
      const random = new Random(seed).fork(`${shape}`)
      const root = anyNode(random, 'root', 3)
      for (const transport of transports())
        expect(
          await run(root, transport),
          `shape ${shape} of SEED=${seed}, ${transport.name}`,
        ).toEqual(expected(root))
    }
  }, 120_000)
})
