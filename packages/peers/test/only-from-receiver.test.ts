import type { Lookup } from '@udpng/basic-peer'
import { Inbox, link, Scheduler } from '@udpng/core'
import { type Datagram, kindOfHost } from '@udpng/datagram'
import { SimplePeer, TargettedPeer, type TargettedPeerOptions } from '@udpng/peers'
import { eventually } from 'test-support'
import { describe, expect, it, onTestFinished } from 'vitest'
import { End } from './end.js'

/** A running peer, and what it emits, as text. */
async function start<P extends SimplePeer | TargettedPeer>(peer: P) {
  const got = new Inbox<Datagram>('Datagrams')
  link(peer.outbox, got)
  const scheduler = new Scheduler()
  scheduler.activate(peer)
  const run = scheduler.run()
  onTestFinished(async () => {
    scheduler.stop()
    await run
  })
  const [, port] = await peer.bound
  const texts = (): string[] => Array.from(got, ([data]) => String(data))
  const seen = (count: number): Promise<void> =>
    eventually(() => peer.stats.received + peer.stats.dropped.foreign === count)
  return { peer, port, texts, seen }
}

const options = { localAddr: '127.0.0.1', receiverAddr: '127.0.0.1', onlyFromReceiver: true }

describe('onlyFromReceiver', () => {
  for (const transport of ['dgram', 'auto'] as const)
    for (const kind of [SimplePeer, TargettedPeer] as const)
      it(`PER-15 ${kind.name} on ${transport} drops what another socket sends, and counts it`, async () => {
        const [server, forger] = [await End.open(), await End.open()]
        const { peer, port, texts, seen } = await start(
          new kind({ ...options, transport, receiverPort: server.port }),
        )
        for (const text of ['one', 'two']) {
          forger.send('INJECTED', port)
          server.send(text, port)
        }
        await seen(4)
        expect(texts()).toEqual(['one', 'two'])
        expect(peer.stats).toMatchObject({
          received: 2,
          receivedBytes: 6,
          dropped: { foreign: 2, unread: 0 },
        })
      })

  it('PER-15 by default, what any socket sends is emitted', async () => {
    const [server, other] = [await End.open(), await End.open()]
    const { port, texts, seen } = await start(
      new SimplePeer({ ...options, onlyFromReceiver: false, receiverPort: server.port }),
    )
    other.send('hello', port)
    await seen(1)
    expect(texts()).toEqual(['hello'])
  })

  it('PER-15 without a receiver, all is dropped', async () => {
    const other = await End.open()
    const { peer, port, seen } = await start(
      new SimplePeer({ localAddr: '127.0.0.1', onlyFromReceiver: true }),
    )
    other.send('hello', port)
    await seen(1)
    expect(peer.stats).toMatchObject({ received: 0, dropped: { foreign: 1 } })
  })

  it('PER-15 a TargettedPeer hears its present receiver', async () => {
    const [first, second] = [await End.open(), await End.open()]
    const { peer, port, texts, seen } = await start(
      new TargettedPeer({ ...options, receiverPort: first.port } as TargettedPeerOptions),
    )
    const both = async (count: number): Promise<void> => {
      first.send('first', port)
      second.send('second', port)
      await seen(count)
    }
    await both(2)
    expect(texts()).toEqual(['first'])
    peer.target.deliver(['127.0.0.1', second.port])
    peer.inbox.deliver('hello')
    await eventually(() => second.got.length === 1)
    await both(4)
    expect(texts()).toEqual(['second'])
  })

  it('PER-15 a receiver by name is the address that was found last; before, all is dropped', async () => {
    const [server, other] = [await End.open(), await End.open()]
    let answer: Parameters<Lookup>[2] = () => {}
    const { peer, port, texts, seen } = await start(
      new SimplePeer({
        ...options,
        receiverAddr: 'server.test',
        receiverPort: server.port,
        lookupTtlMs: 0,
        lookup: (_, __, found) => {
          answer = found
        },
      }),
    )
    peer.inbox.deliver('question')
    server.send('too early', port)
    await seen(1)
    expect(peer.stats.dropped.foreign).toBe(1)
    answer(null, '127.0.0.1')
    await eventually(() => server.got.length === 1)
    // Its TTL is over, and nothing is sent: answers still come.
    for (const text of ['one', 'two']) server.send(text, port)
    other.send('INJECTED', port)
    await seen(4)
    expect(texts()).toEqual(['one', 'two'])
  })

  /** The options of a peer whose receiver has a name, and the look-ups of it that are not answered yet. */
  function named(port: number) {
    const asked: Parameters<Lookup>[2][] = []
    const lookup: Lookup = (_, __, answer) => asked.push(answer)
    const receiver = { receiverAddr: 'server.test', receiverPort: port, lookupTtlMs: 0, lookup }
    return { asked, options: { ...options, ...receiver } }
  }

  it('PER-18 a renewal of the look-up that fails leaves the address that was found last', async () => {
    const [server, other] = [await End.open(), await End.open()]
    const { asked, options } = named(server.port)
    const { peer, port, texts, seen } = await start(new SimplePeer(options))
    peer.inbox.deliver('question')
    await eventually(() => asked.length === 1)
    asked.shift()?.(null, '127.0.0.1')
    await eventually(() => server.got.length === 1)
    await eventually(() => {
      if (asked.length === 0) peer.inbox.deliver('another')
      return asked.length > 0
    })
    asked.shift()?.(Object.assign(new Error('try again'), { code: 'EAI_AGAIN' }))
    await eventually(() => peer.stats.failed['LOOKUP_FAILED'] !== undefined)
    server.send('answer', port)
    other.send('INJECTED', port)
    await seen(2)
    expect(texts()).toEqual(['answer'])
  })

  for (const kind of [SimplePeer, TargettedPeer] as const)
    it(`PER-18 ${kind.name} looks its receiver up once bound, although nothing is sent`, async () => {
      const [server, other] = [await End.open(), await End.open()]
      const { asked, options } = named(server.port)
      const { port, texts, seen } = await start(new kind(options))
      await eventually(() => asked.length === 1)
      asked.shift()?.(null, '127.0.0.1')
      other.send('INJECTED', port)
      server.send('news', port)
      await seen(2)
      expect(texts()).toEqual(['news'])
      expect(asked).toEqual([])
    })

  it('PER-18 a TargettedPeer looks a new receiver up, although nothing is sent', async () => {
    const [first, second] = [await End.open(), await End.open()]
    const { asked, options } = named(second.port)
    const { peer, port, texts, seen } = await start(
      new TargettedPeer({ ...options, receiverAddr: '127.0.0.1', receiverPort: first.port }),
    )
    peer.target.deliver(['server.test', second.port])
    await eventually(() => asked.length === 1)
    asked.shift()?.(null, '127.0.0.1')
    second.send('news', port)
    await seen(1)
    expect(texts()).toEqual(['news'])
  })

  it('PER-16 an IPv4 receiver of an IPv6 socket, and any spelling of one, is heard', async ({
    skip,
  }) => {
    const server = await End.open()
    for (const receiverAddr of ['::ffff:127.0.0.1', '0:0:0:0:0:FFFF:7f00:1']) {
      expect(kindOfHost(receiverAddr)).toBe(6)
      const started = await start(
        new SimplePeer({ receiverAddr, receiverPort: server.port, onlyFromReceiver: true }),
      ).catch(() => undefined)
      if (!started) return skip('this machine has no IPv6')
      started.peer.inbox.deliver('question')
      await eventually(() => server.got.length > 0)
      server.send('answer', started.port)
      await started.seen(1)
      expect(started.texts()).toEqual(['answer'])
      server.got.splice(0)
    }
  })

  for (const transport of ['dgram', 'auto'] as const)
    it(`DGM-11 on ${transport} an IPv6 receiver is heard however it is spelled, another port of it is not`, async ({
      skip,
    }) => {
      const [server, other] = await Promise.all([End.open('::1'), End.open('::1')]).catch(() => [])
      if (!server || !other) return skip('this machine has no IPv6')
      for (const receiverAddr of ['::1', '0:0:0:0:0:0:0:1', '::0001', '::0.0.0.1', '::1%lo']) {
        const { peer, port, texts, seen } = await start(
          new SimplePeer({
            transport,
            localAddr: '::1',
            receiverAddr,
            receiverPort: server.port,
            onlyFromReceiver: true,
          }),
        )
        peer.inbox.deliver('question')
        await eventually(() => server.got.length > 0)
        for (const text of ['one', 'two']) {
          other.send('INJECTED', port)
          server.send(text, port)
        }
        await seen(4)
        expect([receiverAddr, ...texts()]).toEqual([receiverAddr, 'one', 'two'])
        expect(peer.stats.dropped.foreign).toBe(2)
        server.got.splice(0)
      }
    })
})
