import { noStats } from '@udpng/basic-peer'
import { describe, expect, it } from 'vitest'
import { type Host, simulate } from '../src/index.js'

function open({ transport, addresses: [host = ''] }: Host, port: number) {
  return transport.open({
    family: 4,
    host,
    port,
    receive: true,
    stats: noStats(),
    onFailed() {},
    onSettled() {},
  })
}

describe('NET-03 a recorded seed', () => {
  it('gives forever the run that it gave when this test was written', async () => {
    const { digest, trace, stats } = await simulate(123_456_789n, async (net) => {
      const [a, b, c] = ['a', 'b', 'c'].map((name, i) => net.host(name, `10.0.0.${i + 1}`))
      net.setConditions({
        delayMs: 10,
        jitterMs: 5,
        loss: { enter: 0.1, leave: 0.4, good: 0.05 },
        duplicate: 0.1,
        reorder: 0.1,
        corrupt: 0.1,
        truncate: 0.1,
        rate: 60_000,
        queueBytes: 300,
      })
      net.path(b as Host, a as Host).conditions = {
        delayMs: 20,
        jitterMs: 5,
        distribution: 'normal',
        loss: 0.2,
      }
      const sockets = [a, b, c].map((host) => open(host as Host, 9))
      for (let i = 0; i < 40; i++) {
        const from = net.random.below(3)
        const to = net.random.below(3) + 1
        sockets[from]?.send([
          { data: Buffer.alloc(net.random.below(200), i), host: `10.0.0.${to}`, port: 9 },
        ])
        await net.sleep(net.random.below(4))
      }
      net.note('all sent')
    })
    // A recorded seed would replay another run: never change these.
    expect(stats).toEqual(RECORDED.stats)
    expect(trace.slice(0, 4)).toEqual(RECORDED.trace)
    expect(trace.filter((line) => line.includes('note'))).toEqual(RECORDED.notes)
    expect(digest).toBe(RECORDED.digest)
  })
})

const RECORDED = {
  stats: {
    sent: 40,
    copies: 1,
    delivered: 34,
    underway: 0,
    lost: { loss: 4, queueFull: 3, blocked: 0, unreachable: 0, refused: 0, bufferFull: 0 },
  },
  trace: [
    '0.000 a send 10.0.0.1:9 > 10.0.0.1:9 2 bytes',
    '0.000 a deliver 10.0.0.1:9 > 10.0.0.1:9 2 bytes',
    '0.000 a send 10.0.0.1:9 > 10.0.0.2:9 67 bytes',
    '2.000 b send 10.0.0.2:9 > 10.0.0.1:9 135 bytes',
  ],
  notes: ['67.000 note all sent'],
  digest: 'f1185d3a9c1263252e15b545b073571d69110a1caca4cd1d9761f2c1ecce9d06',
}
