import * as node from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { nativeTransport } from '@udpng/native'
import { eventually, turn } from 'test-support'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createSocket, type Socket, type SocketStats } from '../src/index.js'

const transports = ['native', 'dgram'] as const

/** Whether the native transport works here. */
function works(): boolean {
  try {
    return nativeTransport() !== undefined
  } catch {
    return false
  }
}

async function bound(transport: (typeof transports)[number]): Promise<Socket> {
  const before = process.env['UDPNG_TRANSPORT']
  process.env['UDPNG_TRANSPORT'] = transport
  onTestFinished(() => {
    delete process.env['UDPNG_TRANSPORT']
    if (before !== undefined) process.env['UDPNG_TRANSPORT'] = before
  })
  const socket = createSocket('udp4')
  onTestFinished(() => {
    try {
      socket.close()
    } catch {
      // it is closed
    }
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

const statsOf = (socket: Socket) => socket.stats as SocketStats

describe.each(transports.filter((name) => name === 'dgram' || works()))('counters: %s', (name) => {
  it.skipIf(!('bindSync' in node.Socket.prototype))(
    'DGR-17 a socket that is bound by bindSync is served at once',
    async () => {
      const [receiver, socket] = [await bound(name), createSocket('udp4')]
      onTestFinished(() => {
        socket.close()
      })
      const { bindSync } = socket as Socket & { bindSync(options: object): AddressInfo }
      const { port } = bindSync.call(socket, { address: '127.0.0.1', port: 0 })
      socket.send('at once', receiver.address().port)
      expect(statsOf(socket)).toMatchObject({ local: ['127.0.0.1', port] })
      await once(receiver, 'message')
      expect(statsOf(socket)).toMatchObject({ sent: 1 })
    },
  )

  it('DGR-09 counts what was sent, received and refused by the system', async () => {
    const [receiver, sender] = [await bound(name), await bound(name)]
    receiver.on('message', () => {})
    const { port } = receiver.address()
    sender.send('four', port)
    sender.send(['a', 'b'], port, () => {})
    sender.send(Buffer.alloc(70_000), port, () => {})
    sender.send(Buffer.alloc(70_000), port)
    await eventually(() => statsOf(receiver).received === 2)
    expect(statsOf(receiver)).toMatchObject({
      transport: name,
      local: ['127.0.0.1', port],
      received: 2,
      receivedBytes: 6,
    })
    expect(statsOf(sender)).toMatchObject({
      transport: name,
      sent: 2,
      sentBytes: 6,
      failed: { EMSGSIZE: 2 },
    })
  })

  it('DGR-09 they are still there after the close', async () => {
    const [receiver, sender] = [await bound(name), await bound(name)]
    receiver.on('message', () => {})
    sender.send('four', receiver.address().port)
    await eventually(() => statsOf(receiver).received === 1)
    receiver.close()
    expect(statsOf(receiver)).toMatchObject({ received: 1 })
  })
})

describe.runIf(works())('the native transport', () => {
  it('DGR-09 counts the datagrams that the kernel dropped', async () => {
    const [receiver, sender] = [await bound('native'), await bound('native')]
    receiver.setRecvBufferSize(4096)
    receiver.on('message', () => {})
    const { port } = receiver.address()
    for (let i = 0; i < 1000; i++) sender.send('x', port)
    await eventually(() => statsOf(sender).sent === 1000)
    const sum = () => statsOf(receiver).received + (statsOf(receiver).kernelDrops?.about ?? 0)
    await eventually(() => sum() === 1000, 'that each is received or dropped')
    expect(statsOf(receiver).kernelDrops?.about).toBeGreaterThan(0)
    receiver.close()
    expect(sum()).toBe(1000)
  })

  it('DGR-06 datagrams that were read, but not emitted before the close, are counted', async () => {
    const [receiver, sender] = [await bound('native'), await bound('native')]
    // A burst of 16, within a millisecond; then it reads 4 at once.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1)
    onTestFinished(() => {
      clock.mockRestore()
    })
    let count = 0
    receiver.on('message', () => {
      if (++count === 17) receiver.close()
    })
    const { port } = receiver.address()
    for (let i = 0; i < 40; i++) sender.send('x', port)
    await once(receiver, 'close')
    const { received, unread } = statsOf(receiver)
    expect([received, unread]).toEqual([17, 3])
  })

  it('DGR-06 queued datagrams are sent before it closes', async () => {
    const [receiver, sender] = [await bound('native'), await bound('native')]
    const got: string[] = []
    receiver.on('message', (data) => void got.push(String(data)))
    const outcomes: unknown[] = []
    sender.send('last', receiver.address().port, (error, bytes) => outcomes.push(error ?? bytes))
    sender.close()
    await eventually(() => got.length === 1)
    await turn()
    expect([got, outcomes, statsOf(sender).sent]).toEqual([['last'], [4], 1])
  })
})
