import { Graphline } from '@udpng/chassis'
import { Component, Inbox, type Main, Outbox } from '@udpng/core'
import type { Datagram } from '@udpng/datagram'
import { SimplePeer } from '@udpng/peers'
import { describe, expect, it } from 'vitest'
import { explore, replay } from '../src/explore.js'
import type { Host, SimulatedNetwork } from '../src/index.js'

const QUESTIONS = 20

/** Asks a question until it is answered, then the next one; each with a maximum number of times. */
class Asker extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('Answers')
  readonly outbox: Outbox<string> = new Outbox('Questions')
  readonly answered = new Set<number>()
  readonly #tries: number

  constructor(tries: number) {
    super()
    this.#tries = tries
  }

  override *main(): Main {
    const { clock } = this.scheduler
    for (let question = 0; question < QUESTIONS; question++)
      for (let left = this.#tries; left > 0 && !this.answered.has(question); left--) {
        this.outbox.send(`${question}`)
        for (const end = clock.now() + 100; clock.now() < end; ) {
          yield this.pause(end - clock.now())
          for (const [data] of this.inbox) this.answered.add(Number(data))
          if (this.answered.has(question)) break
        }
      }
  }
}

class Answerer extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('Questions')
  readonly outbox: Outbox<Buffer> = new Outbox('Answers')

  override *main(): Main {
    for (;;) {
      for (const [data] of this.inbox) this.outbox.send(data)
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

/** All questions are to be answered. */
const scenario =
  (tries: number) =>
  async (net: SimulatedNetwork): Promise<void> => {
    const [a, b] = [net.host('asker', '10.0.0.1'), net.host('answerer', '10.0.0.2')]
    net.setConditions({ delayMs: 10 })
    const peer = ({ transport }: Host, receiverAddr: string): SimplePeer =>
      new SimplePeer({ localPort: 1500, receiverPort: 1500, receiverAddr, transport })
    const asker = new Asker(tries)
    const loop = { 'PART.outbox': 'UDP.inbox', 'UDP.outbox': 'PART.inbox' } as const
    a.activate(new Graphline({ PART: asker, UDP: peer(a, '10.0.0.2') }, loop))
    b.activate(new Graphline({ PART: new Answerer(), UDP: peer(b, '10.0.0.1') }, loop))
    await net.sleep(60_000)
    expect(asker.answered.size, 'answers').toBe(QUESTIONS)
  }

const options = { runs: 50, spanMs: 500, kinds: ['blocked', 'lossy'] } as const

describe('explore', () => {
  it('NET-11 finds nothing where there is nothing to find', async () => {
    await expect(explore(scenario(100), options)).resolves.toBeUndefined()
  })

  it('NET-11 finds a failure, and reports the smallest failing case: it replays', async () => {
    const failure = await explore(scenario(1), options).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'SIMULATION_FAILED' })
    const { message } = failure as Error
    // One fault is enough, and so the story has just one.
    const [, seed = '', faults = ''] =
      /replay\(scenario, \{ seed: (\d+)n, faults: (\[.*\]) \}\)/.exec(message) as RegExpExecArray
    const story = { seed: BigInt(seed), faults: JSON.parse(faults) }
    expect(story.faults).toHaveLength(1)
    expect(message).toMatch(
      /the smallest failing case: seed \d+, and\n {2}at \d+ ms, for \d+ ms: (asker|answerer) (and|to) (asker|answerer) (blocked|lossy)\n/,
    )
    await expect(replay(scenario(1), story)).rejects.toThrow('answers')
    await expect(replay(scenario(1), { ...story, faults: [] })).resolves.toBeUndefined()
    await expect(replay(scenario(100), story)).resolves.toBeUndefined()
  })

  it('NET-11 faults that overlap on a path end one by one', async () => {
    const fault = { from: 0, to: 1, bothWays: false } as const
    const faults = [
      { ...fault, kind: 'blocked', atMs: 10, lastsMs: 20 },
      { ...fault, kind: 'slow', atMs: 20, lastsMs: 20 },
    ] as const
    const seen: unknown[] = []
    await replay(
      async (net) => {
        const [a, b] = [net.host('a', '10.0.0.1'), net.host('b', '10.0.0.2')]
        net.path(a, b).conditions = { delayMs: 1 }
        for (const pause of [5, 10, 10, 10, 10]) {
          await net.sleep(pause)
          seen.push(net.path(a, b).conditions)
        }
      },
      { seed: 1n, faults },
    )
    expect(seen).toEqual([
      { delayMs: 1 },
      { delayMs: 1, blocked: true },
      { delayMs: 500, jitterMs: 200, blocked: true },
      { delayMs: 500, jitterMs: 200 },
      { delayMs: 1 },
    ])
  })
})
