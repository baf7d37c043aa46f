import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Component, Inbox, link, type Main } from '@udpng/core'
import type { Datagram, Letter, Payload } from '@udpng/datagram'
import { PostboxPeer, SimplePeer, TargettedPeer, UDPReceiver, UDPSender } from '@udpng/peers'
import { eventually, turn } from 'test-support'
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest'
import { End } from './end.js'

const HOST = '127.0.0.1'

/** Starts a peer, as a graph does, and goes on when the peer has ended. */
class Parent extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('Datagrams')
  readonly #peer: Component

  constructor(peer: Component) {
    super()
    this.#peer = peer
    this.reserve(peer)
  }

  override *main(): Main {
    this.activate(this.#peer, 'PEER')
    while (!this.readControl()) yield this.pause()
  }
}

/** The texts of the next datagrams. */
async function texts(peer: AsyncIterable<Datagram>, count: number): Promise<string[]> {
  const got: string[] = []
  for await (const [data] of peer) {
    got.push(String(data))
    if (got.length === count) break
  }
  return got
}

function closed<P extends { close(): Promise<void> }>(peer: P): P {
  onTestFinished(() => peer.close())
  return peer
}

describe('a peer as a socket', () => {
  it('SOC-01 open binds without a graph, and gives the address', async () => {
    const peer = closed(new UDPReceiver({ localAddr: HOST }))
    const address = await peer.open()
    expect(address).toEqual([HOST, expect.any(Number)])
    expect(await peer.open()).toEqual(address)
    expect(peer.address).toEqual(address)
  })

  it('SOC-01 each peer sends its kind of message', async () => {
    const end = await End.open()
    const to = { receiverAddr: HOST, receiverPort: end.port }
    await closed(new UDPSender(to)).send('sender')
    await closed(new SimplePeer(to)).send(Buffer.from('simple'))
    const targetted = closed(new TargettedPeer())
    targetted.target.deliver([HOST, end.port])
    await targetted.send('targetted')
    await closed(new PostboxPeer()).send([HOST, end.port, 'postbox'])
    await eventually(() => end.got.length === 4)
    expect(end.texts.sort()).toEqual(['postbox', 'sender', 'simple', 'targetted'])
    expectTypeOf<UDPSender['send']>().parameters.toEqualTypeOf<[data: Payload]>()
    expectTypeOf<PostboxPeer['send']>().parameters.toEqualTypeOf<[letter: Letter]>()
    expectTypeOf<UDPReceiver>().not.toHaveProperty('send')
    expectTypeOf<UDPReceiver>().not.toHaveProperty('writable')
    expectTypeOf<UDPSender>().not.toHaveProperty(Symbol.asyncIterator)
  })

  it('SOC-02 question and answer: datagrams from the start wait for the iteration, and break keeps the socket', async () => {
    const end = await End.open()
    const peer = closed(
      new SimplePeer({ localAddr: HOST, receiverAddr: HOST, receiverPort: end.port }),
    )
    await peer.send('1')
    await eventually(() => end.got.length === 1)
    const [, port] = await peer.open()
    for (const text of ['a', 'b', 'c']) end.send(text, port)
    await eventually(() => peer.stats.received === 3)
    expect(await texts(peer, 2)).toEqual(['a', 'b'])
    expect(await texts(peer, 1)).toEqual(['c'])
    end.send('d', port)
    expect(await texts(peer, 1)).toEqual(['d'])
  })

  it('SOC-03 close sends the queued messages, and ends the iteration after the datagrams that were read', async () => {
    const end = await End.open()
    const peer = new SimplePeer({ localAddr: HOST, receiverAddr: HOST, receiverPort: end.port })
    const [, port] = await peer.open()
    for (let i = 0; i < 100; i++) end.send(`in ${i}`, port)
    await eventually(() => peer.stats.received === 100)
    for (let i = 0; i < 150; i++) void peer.send(`out ${i}`)
    const closing = [peer.close(), peer.close()]
    expect(await texts(peer, Infinity)).toEqual(Array.from({ length: 100 }, (_, i) => `in ${i}`))
    await Promise.all(closing)
    expect(peer.ended).toBe(true)
    expect(peer.stats).toMatchObject({ sent: 150, dropped: { unsent: 0, unread: 0 } })
    await eventually(() => end.got.length === 150)
    await expect(peer.send('late')).rejects.toMatchObject({
      code: 'NOT_BOUND',
      message: 'cannot send: SimplePeer#1 has ended',
    })
    expect(await texts(peer, 1)).toEqual([])
  })

  it('SOC-03 close before the start opens nothing', async () => {
    const peer = new UDPReceiver({ localAddr: HOST })
    await peer.close()
    await expect(peer.open()).rejects.toMatchObject({ code: 'NOT_BOUND' })
    expect(await texts(peer, 1)).toEqual([])
  })

  it('SOC-03 await using closes', async () => {
    const peer = new UDPReceiver({ localAddr: HOST })
    await peer.open()
    await peer[Symbol.asyncDispose]()
    expect(peer.ended).toBe(true)
  })

  it('SOC-04 a failed bind rejects open, send and the iteration, each with the reason', async () => {
    const other = createSocket('udp4').bind(0, HOST)
    await once(other, 'listening')
    onTestFinished(() => {
      other.close()
    })
    const inUse = { localAddr: HOST, localPort: other.address().port }
    const failure = { code: 'BIND_FAILED', message: expect.stringContaining('in use') }
    const receiver = new UDPReceiver(inUse)
    await expect(receiver.open()).rejects.toMatchObject(failure)
    await receiver.close()
    await expect(texts(receiver, 1)).rejects.toMatchObject(failure)
    await expect(texts(new UDPReceiver(inUse), 1)).rejects.toMatchObject(failure)
    const sender = new UDPSender({ ...inUse, receiverAddr: HOST, receiverPort: 9 })
    const sends = Array.from({ length: 2000 }, () => sender.send('x'))
    for (const { status, reason } of (await Promise.allSettled(sends)) as PromiseRejectedResult[])
      expect({ status, reason }).toMatchObject({ status: 'rejected', reason: failure })
    await expect(sender.send('y')).rejects.toMatchObject(failure)
    await sender.close()
  })

  it('SOC-04 close rejects with a failure that no other call has thrown', async () => {
    const other = createSocket('udp4').bind(0, HOST)
    await once(other, 'listening')
    onTestFinished(() => {
      other.close()
    })
    const peer = new UDPReceiver({ localAddr: HOST, localPort: other.address().port })
    const iteration = peer[Symbol.asyncIterator]()
    await expect(peer.close()).rejects.toMatchObject({ code: 'BIND_FAILED' })
    await expect(iteration.next()).rejects.toMatchObject({ code: 'BIND_FAILED' })
  })

  it('SOC-04 a failure of the open peer rejects the sends that wait for room', async () => {
    const socket = {
      address: [HOST, 9],
      recvBufferSize: undefined,
      pending: 0,
      kernelDrops: undefined,
      read: () => [],
      send: () => Number.NaN,
      watch() {},
      close() {},
    } as const
    const transport = { name: 'broken', open: () => socket }
    const peer = new UDPSender({ receiverAddr: HOST, receiverPort: 9, transport })
    await peer.open()
    const sends = await Promise.allSettled(Array.from({ length: 1500 }, () => peer.send('x')))
    const codes = sends.map((sent) => (sent.status === 'rejected' ? sent.reason.code : 'sent'))
    expect(codes.lastIndexOf('sent')).toBe(1022)
    expect(new Set(codes.slice(1023))).toEqual(new Set(['TRANSPORT_FAILED']))
    await peer.close()
  })

  it('SOC-05 in a graph, which starts it: also when the peer is used before', async () => {
    const end = await End.open()
    const peer = new SimplePeer({ localAddr: HOST, receiverAddr: HOST, receiverPort: end.port })
    const graph = new Parent(peer)
    const sent = peer.send('from outside')
    const got = texts(peer, 1)
    await turn()
    expect(peer.activated).toBe(false)
    const run = graph.run()
    await sent
    end.send('answer', (await peer.open())[1])
    expect(await got).toEqual(['answer'])
    await eventually(() => end.got.length === 1)
    expect(peer.name).toBe('PEER')
    await peer.close()
    expect(peer.ended).toBe(true)
    expect(graph.ended).toBe(false)
    graph.control.deliver({ kind: 'shutdownMicroprocess' })
    await run
  })

  it('SOC-05 a peer whose outbox feeds a component cannot be iterated', async () => {
    const peer = new UDPReceiver({ localAddr: HOST })
    const parent = new Parent(peer)
    link(peer.outbox, parent.inbox)
    expect(() => peer[Symbol.asyncIterator]()).toThrow(
      expect.objectContaining({ code: 'BOX_ALREADY_LINKED' }),
    )
    const own = closed(new UDPReceiver({ localAddr: HOST }))
    link(own.outbox, new Inbox<Datagram>('Own'))
    await own.open()
    expect(() => own[Symbol.asyncIterator]()).toThrow(
      expect.objectContaining({ code: 'BOX_ALREADY_LINKED' }),
    )
    const run = parent.run()
    parent.control.deliver({ kind: 'shutdownMicroprocess' })
    await run
  })

  it('SOC-06 a caller that awaits send is slowed, and memory stays bounded', async () => {
    const end = await End.open()
    const peer = closed(new UDPSender({ receiverAddr: HOST, receiverPort: end.port }))
    let ahead = 0
    for (let i = 0; i < 5000; i++) {
      await peer.send('x')
      ahead = Math.max(ahead, peer.inbox.length)
    }
    expect(ahead).toBeLessThanOrEqual(1024)
    await peer.close()
    expect(peer.stats.sent).toBe(5000)
  })

  it('SOC-06 capacity and whenFull are those of the inbox', async () => {
    const end = await End.open()
    const peer = closed(
      new UDPSender({
        receiverAddr: HOST,
        receiverPort: end.port,
        capacity: 2,
        whenFull: 'dropOldest',
      }),
    )
    void peer.send('1')
    void peer.send('2')
    await peer.send('3')
    await eventually(() => end.got.length === 2)
    expect(end.texts).toEqual(['2', '3'])
    expect(peer.inbox.dropped).toBe(1)
  })

  it('SOC-07 web streams: a peer is a pair of readable and writable', async () => {
    const end = await End.open()
    const peer = new SimplePeer({ localAddr: HOST, receiverAddr: HOST, receiverPort: end.port })
    expect(peer.readable).toBe(peer.readable)
    expect(peer.writable).toBe(peer.writable)
    const writer = peer.writable.getWriter()
    await writer.write('1')
    await writer.write('2')
    await eventually(() => end.got.length === 2)
    end.send('answer', (await peer.open())[1])
    const reader = peer.readable.getReader()
    const { value } = await reader.read()
    expect(String(value?.[0])).toBe('answer')
    await writer.close()
    expect(peer.ended).toBe(true)
    expect(await reader.read()).toEqual({ done: true, value: undefined })
    expect(peer.stats.sent).toBe(2)
  })

  it('SOC-07 cancel closes, and abort shuts down at once', async () => {
    const receiver = new UDPReceiver({ localAddr: HOST })
    await receiver.open()
    await receiver.readable.cancel()
    expect(receiver.ended).toBe(true)
    const sender = new UDPSender({ receiverAddr: HOST, receiverPort: 9 })
    await sender.open()
    await sender.writable.abort(new Error('enough'))
    await eventually(() => sender.ended)
  })

  it.each([
    ['dropOldest', ['a3', 'a4', 'b']],
    ['dropNewest', ['a1', 'a2']],
  ] as const)('SOC-08 targets and an inbox with whenFull %s', async (whenFull, sent) => {
    const [a, b] = [await End.open(), await End.open()]
    const peer = new TargettedPeer({ capacity: whenFull === 'dropOldest' ? 3 : 2, whenFull })
    peer.target.deliver([HOST, a.port])
    for (let i = 1; i <= 4; i++) peer.inbox.deliver(`a${i}`)
    peer.target.deliver([HOST, b.port])
    peer.inbox.deliver('b')
    await peer.open()
    await peer.send('c')
    await eventually(() => b.texts.includes('c'))
    await peer.close()
    await eventually(() => a.got.length + b.got.length === sent.length + 1)
    expect(a.texts).toEqual(sent.filter((text) => text.startsWith('a')))
    expect(b.texts).toEqual([...sent.filter((text) => text === 'b'), 'c'])
  })
})
