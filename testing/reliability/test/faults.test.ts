import type { LocalOptions, Lookup } from '@udpng/basic-peer'
import { Pipeline } from '@udpng/chassis'
import { Component, Inbox, type Main, shutdownMicroprocess } from '@udpng/core'
import type { Datagram } from '@udpng/datagram'
import { Ticker, Transformer } from '@udpng/flow'
import { UDPReceiver, UDPSender } from '@udpng/peers'
import {
  type Conditions,
  type Host,
  type SimulatedNetwork,
  type SystemCode,
  simulate,
} from '@udpng/simulation'
import { isLong, seed } from 'reliability'
import { describe, expect, it } from 'vitest'

/** How often each kind is injected, each time with another seed. */
const TIMES = isLong ? 200 : 20
const FAULT_AT_MS = 500
const FAULT_LASTS_MS = 300

/** What a fault can reach. */
interface Flow {
  readonly net: SimulatedNetwork
  readonly a: Host
  readonly b: Host
  readonly sender: UDPSender
  /** Ends the receiver, and starts another one at the same port. */
  readonly restart: () => void
  /** How long the receiver takes nothing. */
  readonly hold: (ms: number) => void
  /** What look-ups do from now on. */
  readonly answer: (lookup: Lookup) => void
}

type Inject = (flow: Flow) => void | Promise<void>

/** The next hundred calls of that kind fail so. */
const refused =
  (code: SystemCode): Inject =>
  ({ a }) =>
    a.refuse('send', code, 100)

/** The path is like that for a while. */
const path =
  (conditions: Conditions, bothWays = false): Inject =>
  async ({ net, a, b }) => {
    const paths = [net.path(a, b), ...(bothWays ? [net.path(b, a)] : [])]
    const before = paths.map((path) => path.conditions)
    for (const path of paths) path.conditions = { ...path.conditions, ...conditions }
    await net.sleep(FAULT_LASTS_MS)
    for (const [i, path] of paths.entries()) path.conditions = before[i] as Conditions
  }

const lookup =
  (broken: Lookup): Inject =>
  async ({ net, a, answer }) => {
    answer(broken)
    await net.sleep(FAULT_LASTS_MS)
    answer(a.lookup)
  }

const failing: Lookup = (_, { family }, answer) =>
  answer(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '', family)

const FAULTS: Readonly<Record<string, Inject>> = {
  EAGAIN: refused('EAGAIN'),
  EINTR: refused('EINTR'),
  ENOBUFS: refused('ENOBUFS'),
  ENOMEM: refused('ENOMEM'),
  EMSGSIZE: refused('EMSGSIZE'),
  EPERM: refused('EPERM'),
  EACCES: refused('EACCES'),
  EIO: refused('EIO'),
  ENETUNREACH: refused('ENETUNREACH'),
  EHOSTUNREACH: refused('EHOSTUNREACH'),
  ECONNREFUSED: refused('ECONNREFUSED'),
  EINVAL: refused('EINVAL'),
  loss: path({ loss: 0.5 }),
  'loss in bursts': path({ loss: { enter: 0.1, leave: 0.1 } }),
  duplication: path({ duplicate: 1 }),
  reordering: path({ delayMs: 20, reorder: 0.5 }),
  delay: path({ delayMs: 200 }),
  jitter: path({ delayMs: 100, jitterMs: 100 }),
  corruption: path({ corrupt: 1 }),
  truncation: path({ truncate: 1 }),
  'a line too slow': path({ rate: 8000, queueBytes: 1000 }),
  partition: path({ blocked: true }, true),
  clog: path({ blocked: true }),
  flapping: async (flow) => {
    for (let i = 0; i < 10; i++) {
      flow.net.path(flow.a, flow.b).conditions = { blocked: i % 2 === 0 }
      await flow.net.sleep(FAULT_LASTS_MS / 10)
    }
  },
  'a peer that restarts': ({ restart }) => restart(),
  'a slow reader': ({ hold }) => hold(FAULT_LASTS_MS),
  'a name that is not found': lookup(failing),
  'a name that changes': lookup((_, { family }, answer) => answer(null, '10.0.0.9', family)),
  'a name server that is slow': (flow) =>
    lookup((...question) => void flow.net.clock.after(200, () => flow.a.lookup(...question)))(flow),
  'a clock that jumps': ({ net }) => net.clock.jump(3_600_000),
}

/** Takes datagrams, but not while it is held. */
class Reader extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('Datagrams', { capacity: 16 })
  readonly times: number[] = []
  heldMs = 0

  override *main(): Main {
    for (;;) {
      if (this.heldMs > 0) yield* this.sleep(this.heldMs)
      this.heldMs = 0
      for (const _ of this.inbox) this.times.push(this.scheduler.clock.now())
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

/** A flow of one datagram each 5 ms; when something comes again, milliseconds after the fault is over. */
async function recoveryMs(inject: Inject, seed: number): Promise<number> {
  let recovery = Infinity
  await simulate(seed, async (net) => {
    const [a, b] = [net.host('a', '10.0.0.1'), net.host('b', '10.0.0.2')]
    net.setConditions({ delayMs: 1, jitterMs: 1 })
    let answering = a.lookup
    const readers: Reader[] = []
    const receiverOptions: LocalOptions = { localPort: 1500, transport: b.transport }
    let receiver: Pipeline<[UDPReceiver, Reader]> | undefined
    const restart = (): void => {
      receiver?.control.deliver(shutdownMicroprocess())
      const reader = new Reader()
      readers.push(reader)
      const next = new Pipeline(new UDPReceiver(receiverOptions), reader)
      // The port is free when the old one has ended: a moment later.
      net.clock.after(receiver ? 10 : 0, () => b.activate(next))
      receiver = next
    }
    restart()
    const sender = new UDPSender({
      receiverAddr: 'b',
      receiverPort: 1500,
      transport: a.transport,
      lookup: (name, options, answer) => answering(name, options, answer),
      lookupTtlMs: 50,
    })
    const text = new Transformer((n: number) => `${n}`)
    a.activate(new Pipeline(new Ticker({ intervalMs: 5 }), text, sender))
    await net.sleep(FAULT_AT_MS + net.random.below(50))
    await inject({
      net,
      a,
      b,
      sender,
      restart,
      hold: (ms) => {
        for (const reader of readers) reader.heldMs = ms
      },
      answer: (lookup) => {
        answering = lookup
      },
    })
    const over = net.clock.now()
    await net.sleep(2000)
    const times = readers.flatMap((reader) => reader.times).filter((time) => time > over)
    recovery = Math.min(...times) - over
    // And it stays well: in the last second as many come as are sent.
    const last = times.filter((time) => time > over + 1000)
    expect(last.length).toBeGreaterThan(150)
    const { sent, failed, dropped } = sender.stats
    const all = Object.values(failed).reduce((sum, count) => sum + count, sent)
    expect(all + dropped.unsent + dropped.lookupQueueFull).toBeGreaterThan(400)
    for (const { scheduler } of net.hosts) scheduler.stop()
  })
  return recovery
}

describe('faults', () => {
  it.each(Object.entries(FAULTS))(
    `REL-10 %s, ${TIMES} times: nothing crashes, and a second later all is well`,
    async (_, inject) => {
      for (let i = 0; i < TIMES; i++)
        expect(await recoveryMs(inject, seed + i), `seed ${seed + i}`).toBeLessThan(1000)
    },
    60_000,
  )
})
