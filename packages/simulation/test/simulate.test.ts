import { exactly, noStats } from '@udpng/basic-peer'
import { Graphline, Pipeline } from '@udpng/chassis'
import { Component, Inbox, type Main } from '@udpng/core'
import type { Datagram, Letter } from '@udpng/datagram'
import { DataSource, Ticker, Transformer } from '@udpng/flow'
import { PostboxPeer, SimplePeer, UDPReceiver, UDPSender } from '@udpng/peers'
import { describe, expect, it } from 'vitest'
import { type Host, type SimulatedNetwork, simulate } from '../src/index.js'

class Collector extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('Datagrams')
  readonly texts: string[] = []
  /** When each came. */
  readonly times: number[] = []

  override *main(): Main {
    for (;;) {
      for (const [data] of this.inbox) {
        this.texts.push(String(data))
        this.times.push(this.scheduler.clock.now())
      }
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

/** Two hosts; the second one collects what comes to port 1500. */
function pair(net: SimulatedNetwork): { a: Host; b: Host; collector: Collector } {
  const [a, b] = [net.host('a', '10.0.0.1'), net.host('b', '10.0.0.2')]
  const collector = new Collector()
  const receiver = new UDPReceiver({
    localPort: 1500,
    transport: b.transport,
    recvBufferSize: 1 << 24,
  })
  b.activate(new Pipeline(receiver, collector))
  return { a, b, collector }
}

/** A sender to that port. */
function senderOn({ transport }: Host): UDPSender {
  return new UDPSender({ receiverAddr: '10.0.0.2', receiverPort: 1500, transport })
}

/** Sends a number each millisecond. */
function ticking(host: Host): Pipeline<[Ticker, Transformer<number, string>, UDPSender]> {
  const text = new Transformer((n: number) => `${n}`)
  return new Pipeline(new Ticker({ intervalMs: 1 }), text, senderOn(host))
}

/** Every condition at once, changing, and hosts that answer each other. */
async function stormy(net: SimulatedNetwork): Promise<void> {
  const hosts = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address, i) => {
    const host = net.host(`host${i}`, address)
    const peer = new PostboxPeer({ localPort: 1500, transport: host.transport })
    const next = `10.0.0.${((i + 1) % 3) + 1}`
    const forward = new Transformer(([data]: Datagram) => [next, 1500, data] as const)
    host.activate(new Pipeline(peer, forward))
    return host
  })
  net.setConditions({ delayMs: 10, jitterMs: 5, loss: 0.2, duplicate: 0.1, corrupt: 0.1 })
  hosts[0]?.activate(ticking(hosts[0]))
  await net.sleep(100)
  const [a, b] = hosts as [Host, Host]
  net.path(a, b).conditions = { blocked: true }
  await net.sleep(100)
  net.path(a, b).conditions = { loss: { enter: 0.1, leave: 0.3 }, rate: 100_000, queueBytes: 500 }
}

describe('simulate', () => {
  it('NET-02 an hour passes in no time, and everything arrives when nothing is in its way', async () => {
    let collector: Collector | undefined
    const scenario = (net: SimulatedNetwork): void => {
      const { a, ...rest } = pair(net)
      collector = rest.collector
      const text = new Transformer((n: number) => `${n}`)
      a.activate(new Pipeline(new Ticker({ intervalMs: 1000 }), text, senderOn(a)))
    }
    const { elapsedMs, stats } = await simulate(7, scenario, { deadlineMs: 3_600_000 })
    expect(elapsedMs).toBe(3_600_000)
    expect(collector?.texts).toEqual(Array.from({ length: 3600 }, (_, i) => `${i + 1}`))
    expect(stats).toMatchObject({ sent: 3600, delivered: 3600 })
  })

  it('NET-02 ends when no event is left', async () => {
    const { elapsedMs, stats } = await simulate(7, (net) => {
      const { a } = pair(net)
      net.setConditions({ delayMs: 250 })
      a.activate(new Pipeline(new DataSource(['one', 'two']), senderOn(a)))
    })
    // A Ticker would go on forever; a peer that only waits does not keep it.
    expect(elapsedMs).toBe(250)
    expect(stats).toMatchObject({ sent: 2, delivered: 2, underway: 0 })
  })

  it('NET-03 the same seed gives the same trace, another one another', async () => {
    const digests = new Set<string>()
    for (let i = 0; i < 5; i++) {
      const { digest, trace } = await simulate(42n, stormy, { deadlineMs: 300 })
      digests.add(digest)
      expect(trace.length).toBeGreaterThan(500)
    }
    expect(digests.size).toBe(1)
    digests.add((await simulate(43n, stormy, { deadlineMs: 300 })).digest)
    expect(digests.size).toBe(2)
  })

  it('NET-03 the lowest 64 bits of the seed count, all of them', async () => {
    const digest = async (seed: bigint) =>
      (await simulate(seed, stormy, { deadlineMs: 250 })).digest
    const one = await digest(1n)
    expect(await digest(1n + (1n << 64n))).toBe(one)
    expect(await digest(1n + (1n << 63n))).not.toBe(one)
    expect(await digest(-1n)).toBe(await digest((1n << 64n) - 1n))
  })

  it('NET-04 a scenario that fails reports its seed, and how to replay it', async () => {
    const failing = async (net: SimulatedNetwork): Promise<void> => {
      await net.sleep(5)
      if (net.random.chance(0.5)) throw new Error('bad luck')
    }
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, seed) => simulate(seed, failing)),
    )
    const failed = outcomes.flatMap((outcome, seed) =>
      outcome.status === 'rejected' ? [[seed, outcome.reason] as const] : [],
    )
    expect(failed.length).toBeGreaterThan(0)
    expect(failed.length).toBeLessThan(20)
    for (const [seed, reason] of failed) {
      expect(reason).toMatchObject({ code: 'SIMULATION_FAILED', cause: new Error('bad luck') })
      expect(reason.message).toContain(`simulate(${seed}n, ...)`)
      await expect(simulate(seed, failing)).rejects.toThrow('bad luck')
    }
  })

  it('NET-04 a component that fails makes it fail, and a scenario that waits for nothing does too', async () => {
    class Broken extends Component {
      // biome-ignore lint/correctness/useYield: it fails before it could
      override *main(): Main {
        throw new Error('broken')
      }
    }
    const broken = (net: SimulatedNetwork): void => {
      net.host('a', '10.0.0.1').activate(new Broken())
    }
    await expect(simulate(1, broken)).rejects.toThrow('broken')
    await expect(simulate(1, broken, { onFailure: 'isolate' })).resolves.toBeDefined()
    await expect(simulate(1, () => new Promise(() => {}))).rejects.toThrow(
      'waits for something that never happens',
    )
    const tooLong = (net: SimulatedNetwork): Promise<void> => net.sleep(100)
    await expect(simulate(1, tooLong, { deadlineMs: 99 })).rejects.toThrow('still went on')
    await expect(simulate(1, tooLong, { deadlineMs: 100 })).resolves.toMatchObject({
      elapsedMs: 100,
    })
    await expect(simulate(1, tooLong, { deadlineMs: 200 })).resolves.toMatchObject({
      elapsedMs: 100,
    })
  })

  it('NET-02 a component that never sleeps does not stop the time', async () => {
    class Restless extends Component {
      override *main(): Main {
        while (!this.readControl()) yield
      }
    }
    const { elapsedMs } = await simulate(1, async (net) => {
      net.host('a', '10.0.0.1').activate(new Restless())
      await net.sleep(20)
      for (const { scheduler } of net.hosts) scheduler.stop()
    })
    expect(elapsedMs).toBeGreaterThanOrEqual(20)
  })

  it('NET-02 stops the components that are left at its end', async () => {
    let collector: Collector | undefined
    await simulate(1, (net) => {
      collector = pair(net).collector
    })
    expect(collector?.ended).toBe(true)
  })

  it('NET-04 an invalid seed and an invalid deadline are refused', async () => {
    for (const seed of [1.5, Number.NaN, '7', undefined] as number[])
      await expect(simulate(seed, () => {})).rejects.toMatchObject({ code: 'BAD_OPTION' })
    for (const deadlineMs of [-1, Number.NaN])
      await expect(simulate(1, () => {}, { deadlineMs })).rejects.toMatchObject({
        code: 'BAD_OPTION',
      })
  })
})

describe('the simulated network', () => {
  it('NET-05 what is sent is delivered, lost for a reason, or under way: the sum is exact', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { stats } = await simulate(seed, stormy, { deadlineMs: 250 })
      const { sent, copies, delivered, underway, lost } = stats
      const allLost = Object.values(lost).reduce((sum, count) => sum + count, 0)
      expect(sent + copies).toBe(delivered + underway + allLost)
      expect(lost.loss).toBeGreaterThan(0)
    }
  })

  it('NET-05 a run whose numbers do not add up fails, and says which', async () => {
    const account = async (meddle: (stats: SimulatedNetwork['stats']) => void): Promise<unknown> =>
      simulate(1, async (net) => {
        const { a } = pair(net)
        a.activate(new Pipeline(new DataSource(['1', '2', '3']), senderOn(a)))
        await net.sleep(1)
        meddle(net.stats)
      })
    await expect(account(() => {})).resolves.toMatchObject({ stats: { sent: 3, delivered: 3 } })
    const forget = account((stats) => stats.delivered--)
    await expect(forget).rejects.toMatchObject({
      code: 'SIMULATION_FAILED',
      cause: new Error(
        'the datagrams do not add up: 3 sent + 0 copies are not 2 delivered + 0 under way + ' +
          '0 loss + 0 queueFull + 0 blocked + 0 unreachable + 0 refused + 0 bufferFull',
      ),
    })
    const pretend = account((stats) => {
      stats.delivered--
      stats.lost.loss++
    })
    await expect(pretend).rejects.toThrow('2 delivered are not the 3 that sockets gave')
    const forgotten = account((stats) => {
      stats.sent++
      stats.underway++
    })
    await expect(forgotten).rejects.toThrow('1 datagrams are under way forever')
  })

  it('NET-06 a port that is not open, an address that no host has, a full buffer: each is counted', async () => {
    const { stats } = await simulate(1, async (net) => {
      const { a } = pair(net)
      const peer = a.activate(new PostboxPeer({ transport: a.transport }))
      for (const [host, port] of [
        ['10.0.0.2', 9],
        ['10.0.0.2', 9],
        ['10.9.9.9', 1500],
        ['10.0.0.2', 1500],
      ] as const)
        peer.inbox.deliver([host, port, 'data'])
      await net.sleep(1)
      expect(peer.stats).toMatchObject({ sent: 4, refused: 2, receiveErrors: 0 })
    })
    expect(stats).toMatchObject({ sent: 4, delivered: 1, lost: { refused: 2, unreachable: 1 } })
    const flood = await simulate(1, async (net) => {
      const [a, b] = [net.host('a', '10.0.0.1'), net.host('b', '10.0.0.2')]
      const receiver = new UDPReceiver({
        localPort: 1500,
        transport: b.transport,
        recvBufferSize: 10_000,
      })
      b.activate(receiver)
      // Not one step for the receiver until all have come.
      net.setConditions({ delayMs: 5 })
      a.activate(new Pipeline(new DataSource(Array(1000).fill('x')), senderOn(a)))
      await net.sleep(10)
      const { received, kernelDrops } = receiver.stats
      expect(kernelDrops).toEqual(exactly(1000 - received))
      expect(kernelDrops?.atLeast).toBeGreaterThan(900)
    })
    expect(flood.stats.lost.bufferFull).toBeGreaterThan(900)
  })

  it('NET-06 names are those of the hosts', async () => {
    const { stats } = await simulate(1, (net) => {
      const { a } = pair(net)
      const { transport, lookup } = a
      const peer = new PostboxPeer({ transport, lookup })
      a.activate(peer)
      peer.inbox.deliver(['b', 1500, 'by name'])
      peer.inbox.deliver(['c', 1500, 'unreachable'])
    })
    expect(stats).toMatchObject({ sent: 1, delivered: 1 })
  })

  it('NET-06 a call that is refused fails as the system says, and what would block is sent later', async () => {
    await simulate(
      1,
      async (net) => {
        const { a, collector } = pair(net)
        a.refuse('send', 'ENOBUFS', 2)
        a.refuse('send', 'EAGAIN')
        const sender = senderOn(a)
        a.activate(new Pipeline(new DataSource(['1', '2', '3', '4']), sender))
        await net.sleep(1)
        expect(sender.stats).toMatchObject({ sent: 2, failed: { ENOBUFS: 2 } })
        expect(collector.texts).toEqual(['3', '4'])
        a.refuse('open', 'EMFILE')
        const refused = senderOn(a)
        const bound = refused.bound.catch((error: unknown) => error)
        a.scheduler.activate(refused)
        expect(await bound).toMatchObject({ code: 'BIND_FAILED', cause: { code: 'EMFILE' } })
      },
      { onFailure: 'isolate' },
    )
  })

  it('NET-07 multicast reaches the members of the group, a broadcast its network; each copy is counted', async () => {
    const { stats } = await simulate(1, async (net) => {
      const multicast = { groups: ['239.1.2.3'] }
      const hosts = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.1.4'].map((address, i) =>
        net.host(`host${i}`, address),
      )
      const collectors = hosts.map((host, i) => {
        const collector = new Collector()
        const receiver = new UDPReceiver({
          localPort: 1500,
          transport: host.transport,
          ...(i < 3 && { multicast }),
        })
        host.activate(new Pipeline(receiver, collector))
        return collector
      })
      const [first] = hosts as [Host]
      const peer = new PostboxPeer({ transport: first.transport, broadcast: true })
      first.activate(peer)
      peer.inbox.deliver(['239.1.2.3', 1500, 'group'])
      await net.sleep(1)
      expect(collectors.map(({ texts }) => texts)).toEqual([['group'], ['group'], ['group'], []])
      peer.inbox.deliver(['10.0.0.255', 1500, 'network'])
      peer.inbox.deliver(['255.255.255.255', 1500, 'all'])
      peer.inbox.deliver(['239.9.9.9', 1500, 'unreachable'])
      await net.sleep(1)
      expect(collectors.map(({ texts }) => texts.slice(-2))).toEqual([
        ['network', 'all'],
        ['network', 'all'],
        ['network', 'all'],
        ['all'],
      ])
    })
    expect(stats).toMatchObject({
      sent: 4,
      copies: 2 + 2 + 3,
      delivered: 10,
      lost: { unreachable: 1 },
    })
  })

  it('NET-06 of a socket that is never read empty, what is read and what is left is all that came', async () => {
    await simulate(1, async (net) => {
      const [a, b] = [net.host('a', '10.0.0.1'), net.host('b', '10.0.0.2')]
      const stats = noStats()
      const socket = b.transport.open({
        family: 4,
        host: '10.0.0.2',
        port: 1500,
        receive: true,
        stats,
        onFailed() {},
        onSettled() {},
      })
      a.activate(ticking(a))
      let read = 0
      for (let i = 0; i < 1000; i++) {
        await net.sleep(1)
        if (i >= 10) read += socket.read(1).length
      }
      socket.close()
      expect(read).toBe(990)
      expect(stats.dropped.unread).toBeGreaterThan(0)
      expect(read + stats.dropped.unread).toBe(net.stats.delivered)
      a.scheduler.stop()
    })
  })

  it('DGM-15 a receiver is heard however it is spelled; a link-local sender has its interface', async () => {
    for (const [address, mine, spellings] of [
      ['10.0.0.2', '10.0.0.1', ['10.0.0.2']],
      ['fd00::2', 'fd00::1', ['fd00::2', 'FD00:0:0:0:0:0:0:2', 'fd00::0002%eth0']],
      ['fe80::2', 'fe80::1', ['fe80::2%eth0', 'FE80:0::2%eth0']],
    ] as const)
      for (const receiverAddr of spellings)
        await simulate(1, async (net) => {
          const [a, b] = [net.host('a', mine), net.host('b', address)]
          const family = address.includes(':') ? 6 : 4
          const echo = new PostboxPeer({ localPort: 1500, transport: b.transport, family })
          const senders: string[] = []
          const answer = new Transformer(([data, [host, port]]: Datagram): Letter => {
            senders.push(host)
            return [host, port, data]
          })
          b.activate(
            new Graphline(
              { echo, answer },
              { 'echo.outbox': 'answer.inbox', 'answer.outbox': 'echo.inbox' },
            ),
          )
          const peer = new SimplePeer({
            receiverAddr,
            receiverPort: 1500,
            onlyFromReceiver: true,
            transport: a.transport,
          })
          const collector = new Collector()
          a.activate(new Pipeline(new DataSource(['hello']), peer, collector))
          await net.sleep(10)
          expect([receiverAddr, ...collector.texts]).toEqual([receiverAddr, 'hello'])
          expect(senders).toEqual([mine.startsWith('fe80') ? `${mine}%eth0` : mine])
          a.scheduler.stop()
          b.scheduler.stop()
        })
  })

  it('DGM-15 an IPv6 socket gets an address as Linux writes it', async () => {
    await simulate(1, async (net) => {
      const { transport } = net.host('a', 'fd00::1')
      for (const [localAddr, bound] of [
        ['FD00:0::1', 'fd00::1'],
        ['::ffff:127.0.0.1', '::ffff:127.0.0.1'],
        ['0:0:0:0:0:0:0:0', '::'],
      ] as const) {
        const socket = transport.open({
          family: 6,
          host: localAddr,
          port: 0,
          receive: false,
          stats: noStats(),
          onFailed() {},
          onSettled() {},
        })
        expect(socket.address[0]).toBe(bound)
        socket.close()
      }
    })
  })
})
