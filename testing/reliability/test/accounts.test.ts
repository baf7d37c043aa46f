import { Graphline, Pipeline, Sessions } from '@udpng/chassis'
import {
  type Account,
  Component,
  type Counts,
  Inbox,
  type Main,
  Outbox,
  producerFinished,
  shutdownMicroprocess,
  type WhenFull,
} from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import type { Datagram, Letter } from '@udpng/datagram'
import { DataSource, Splitter, Ticker, Transformer } from '@udpng/flow'
import { PostboxPeer, SimplePeer, TargettedPeer, UDPReceiver, UDPSender } from '@udpng/peers'
import { type Host, Impair, type Random, type SimulatedNetwork, simulate } from '@udpng/simulation'
import { faultOf, seed } from 'reliability'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

const GRAPHS = 200
/** An address of the second host; the ports 1501 and above have no socket. */
const [FIRST, SECOND] = ['10.0.0.1', '10.0.0.2']

/** Passes messages on, some at a step, from an inbox that may drop; it may fail or hold its last message. */
class Bottleneck extends Component {
  readonly inbox: Inbox<string>
  readonly outbox: Outbox<string> = new Outbox('The same messages')
  readonly #failsAt: number

  constructor(capacity: number, whenFull: WhenFull, failsAt: number) {
    super()
    this.inbox = new Inbox('Messages', { capacity, whenFull })
    this.#failsAt = failsAt
  }

  protected override accounting(): Counts {
    return {}
  }

  override *main(): Main {
    for (;;) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess' || (word && !this.inbox.ready)) return
      for (let left = 2; left > 0 && this.inbox.ready && !this.outbox.full; left--)
        this.outbox.send(this.inbox.recv() as string)
      if (this.inbox.taken >= this.#failsAt) throw new Error('a part that fails')
      yield this.inbox.ready && !this.outbox.full ? undefined : this.pause()
    }
  }
}

class Sink extends Component {
  readonly inbox: Inbox<unknown>

  constructor(whenFull: WhenFull) {
    super()
    this.inbox = new Inbox('Messages', { capacity: 20, whenFull })
  }

  override *main(): Main {
    for (;;) {
      if (this.inbox.ready) this.inbox.recv()
      const word = this.readControl()
      if (word && !this.inbox.ready) return
      yield this.inbox.ready ? undefined : this.pause()
    }
  }
}

function oneOf<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)] as T
}

/** A part that takes and gives text. */
function anyStage(random: Random): Component & { inbox: Inbox<string>; outbox: Outbox<string> } {
  switch (random.below(4)) {
    case 0: {
      const [filter, fault] = [random.below(4) + 1, random.below(30) + 5]
      let count = 0
      return new Transformer((text: string) => {
        if (++count % fault === 0) throw new Error('a message that cannot be transformed')
        return count % filter === 0 ? undefined : `${text}.`
      })
    }
    case 1:
      return new Impair<string>({
        loss: random.fraction() / 2,
        duplicate: random.fraction() / 2,
        delayMs: random.below(20),
        jitterMs: random.below(10),
        limit: 1 + random.below(20),
        seed: random.below(1000),
      })
    default:
      return new Bottleneck(
        1 + random.below(20),
        oneOf(random, ['accept', 'dropNewest', 'dropOldest']),
        random.chance(0.1) ? random.below(50) : Infinity,
      )
  }
}

function anyMessages(random: Random): string[] {
  const count = random.below(300)
  return Array.from({ length: count }, (_, i) =>
    random.chance(0.02) ? 'x'.repeat(66_000) : random.chance(0.02) ? (i as never) : `${i}`,
  )
}

/** Sends text somewhere: to a port that listens, to one that does not, to a name that is not known. */
function anySender(random: Random, host: Host): Component & { inbox: Inbox<never> } {
  const common = {
    transport: host.transport,
    lookup: host.lookup,
    onProducerFinished: 'drain',
  } as const
  const receiverPort = oneOf(random, [1500, 1500, 1501])
  const receiverAddr = oneOf(random, [SECOND, SECOND, 'second', 'unknown.test'])
  switch (random.below(3)) {
    case 0:
      return new UDPSender({ ...sending(host), receiverAddr, receiverPort }) as never
    case 1:
      return new SimplePeer({ ...common, receiverAddr, receiverPort, lingerMs: 20 }) as never
    default: {
      const targets = [
        [receiverAddr, receiverPort],
        ['unknown.test', 7],
        'not an address',
        [SECOND, 1500],
      ]
      const peer = new TargettedPeer({ ...common, receiverAddr, receiverPort })
      return new Graphline(
        {
          TICK: new Ticker({ intervalMs: 3 }),
          AIM: new Transformer((tick: number) => targets[tick % 4] as never),
          UDP: peer,
        },
        {
          'self.inbox': 'UDP.inbox',
          'self.control': 'UDP.control',
          'TICK.outbox': 'AIM.inbox',
          'AIM.outbox': 'UDP.target',
          'UDP.signal': 'TICK.control',
          'TICK.signal': 'AIM.control',
        },
      ) as never
    }
  }
}

const sending = (host: Host) => ({ transport: host.transport, lookup: host.lookup })

/** A source, some stages, perhaps a splitter with a sink that drops, and a sender. */
function anyClient(random: Random, host: Host): Component {
  const stages = Array.from({ length: random.below(4) }, () => anyStage(random))
  const sender = anySender(random, host)
  const chain = [new DataSource(anyMessages(random)), ...stages]
  if (random.chance(0.5)) return new (Pipeline as never as AnyPipeline)(...chain, sender)
  const splitter = new Splitter<string>()
  splitter.add(sender.inbox as unknown as Inbox<unknown>, sender.control)
  if (random.chance(0.7)) {
    const sink = new Sink(oneOf(random, ['dropNewest', 'dropOldest', 'accept']))
    splitter.add(sink.inbox, sink.control)
    host.activate(sink)
  }
  host.activate(sender)
  return new (Pipeline as never as AnyPipeline)(...chain, splitter)
}

type AnyPipeline = new (...stages: readonly Component[]) => Component

/** What listens on port 1500: a sink, an echo, or sessions whose children filter, fail, and stay silent. */
function anyServer(random: Random, host: Host): Component {
  const local = { localPort: 1500, onProducerFinished: 'drain', ...sending(host) } as const
  switch (random.below(4)) {
    case 0:
      return new Pipeline(new UDPReceiver(local), new Sink('accept'))
    case 1:
      return new UDPReceiver(local)
    case 2:
      return new Graphline(
        {
          UDP: new PostboxPeer(local),
          ANSWER: new Transformer(([data, [from, port]]: Datagram): Letter => [from, port, data]),
        },
        {
          'UDP.outbox': 'ANSWER.inbox',
          'ANSWER.outbox': 'UDP.inbox',
          'UDP.signal': 'ANSWER.control',
        },
      )
    default: {
      const stage = () =>
        new Pipeline(
          new Transformer((data: Buffer) => String(data)),
          anyStage(random),
          anyStage(random),
        )
      return new Graphline(
        {
          UDP: new PostboxPeer(local),
          SESSIONS: new Sessions(
            () => {
              if (random.chance(0.1)) throw new Error('a session that cannot be made')
              return stage()
            },
            { capacity: 1 + random.below(4), idleMs: 1 + random.below(60) },
          ),
        },
        {
          'UDP.outbox': 'SESSIONS.inbox',
          'SESSIONS.outbox': 'UDP.inbox',
          'UDP.signal': 'SESSIONS.control',
        },
      )
    }
  }
}

function addsUp(hosts: readonly Host[], when: string): void {
  for (const host of hosts) {
    const fault = faultOf(accountOf(host.scheduler), `${host.name} ${when}`)
    if (fault) throw new Error(fault)
  }
}

async function anyProgram(net: SimulatedNetwork): Promise<Account[]> {
  const { random } = net
  const hosts = [net.host('first', FIRST), net.host('second', SECOND)] as const
  const [first, second] = hosts
  net.setConditions({ delayMs: random.below(5), loss: random.fraction() / 4 })
  const systems = [second.activate(anyServer(random, second))]
  for (let i = random.below(4); i >= 0; i--) systems.push(first.activate(anyClient(random, first)))
  for (let i = 0; i < 40; i++) {
    await net.sleep(random.below(8))
    addsUp(hosts, `in look ${i}`)
    if (random.chance(0.02)) oneOf(random, systems).control.deliver(shutdownMicroprocess())
    if (random.chance(0.02)) oneOf(random, systems).control.deliver(producerFinished())
  }
  for (const system of systems)
    system.control.deliver(random.chance(0.5) ? producerFinished() : shutdownMicroprocess())
  await net.sleep(2000)
  addsUp(hosts, 'after the word')
  if (random.chance(0.5)) for (const host of hosts) host.scheduler.stop()
  else for (const system of systems) system.control.deliver(shutdownMicroprocess())
  await net.sleep(2000)
  addsUp(hosts, 'at the end')
  return hosts.map((host) => accountOf(host.scheduler))
}

describe('accounts of random programs', () => {
  // Their errors lead nowhere, on purpose.
  beforeAll(() => void vi.spyOn(process, 'emitWarning').mockImplementation(() => {}))
  afterAll(() => void vi.restoreAllMocks())

  it(`ACC-06 ${GRAPHS} programs with filters, limits, sessions, faulty parts and refusals add up, at every look and at the end`, async () => {
    const reasons = new Set<string>()
    for (let i = 0; i < GRAPHS; i++) {
      let accounts: Account[] = []
      const one = seed + i
      await simulate(
        one,
        async (net) => {
          accounts = await anyProgram(net)
        },
        { onFailure: 'isolate' },
      ).catch((failure: Error) => {
        throw new Error(
          `seed ${one}: ${(failure.cause as Error | undefined)?.message ?? failure.message}`,
        )
      })
      for (const { waiting, dropped } of accounts) {
        expect(waiting).toBe(0)
        for (const reason of Object.keys(dropped)) reasons.add(reason)
      }
    }
    // Otherwise the programs are not what they should be.
    for (const reason of [
      'filtered',
      'transformFailed',
      'loss',
      'overLimit',
      'inboxFull',
      'unread',
      'unlinked',
    ])
      expect([...reasons]).toContain(reason)
  }, 300_000)
})
