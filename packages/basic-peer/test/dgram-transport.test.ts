import { Socket } from 'node:dgram'
import {
  type DatagramSocket,
  dgramTransport,
  noStats,
  type OpenOptions,
  type Parcel,
  type PeerStats,
  sendingDgramTransport,
} from '@udpng/basic-peer'
import type { Datagram } from '@udpng/datagram'
import { eventually, openSockets, turn } from 'test-support'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'

/** Capacity of the transport's read buffer. */
const MAX_KEPT = 512

interface Opened {
  readonly socket: DatagramSocket
  readonly stats: PeerStats
}

function open(options: Partial<OpenOptions> = {}, transport = dgramTransport): Opened {
  const stats = noStats()
  const socket = transport.open({
    family: 4,
    host: '127.0.0.1',
    port: 0,
    receive: true,
    stats,
    onFailed: () => {},
    onSettled: () => {},
    ...options,
  })
  onTestFinished(() => socket.close())
  return { socket, stats }
}

/** Sends `count` numbered datagrams, no faster than they can be received. */
async function send(
  from: DatagramSocket,
  [host, port]: DatagramSocket['address'],
  count: number,
): Promise<void> {
  for (let at = 0; at < count; ) {
    const run = Array.from({ length: Math.min(50, count - at) }, (_, i): Parcel => {
      return { data: Buffer.from(`${at + i}`), host, port }
    })
    at += from.send(run)
    for (let i = 0; i < 3; i++) await turn()
  }
  await eventually(() => from.pending === 0, 'pending 0')
}

const texts = (datagrams: readonly Datagram[]): string[] => datagrams.map(([data]) => `${data}`)
const upTo = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`)

afterEach(() => {
  vi.restoreAllMocks()
})

describe('dgramTransport', () => {
  it('TRN-07 buffers what arrives while the peer does not read, up to its bound; the rest is counted as readBufferFull', async () => {
    const receiver = open()
    const sender = open()
    await send(sender.socket, receiver.socket.address, 2 * MAX_KEPT)
    const { dropped } = receiver.stats
    await eventually(() => dropped.readBufferFull === MAX_KEPT, 'the rest is dropped')
    const kept = receiver.socket.read(Infinity)
    expect(texts(kept)).toEqual(upTo(MAX_KEPT))
    expect(receiver.stats.dropped).toEqual({ ...noStats().dropped, readBufferFull: MAX_KEPT })
  })

  it('TRN-07 has room again for each datagram that is read', async () => {
    const receiver = open()
    const sender = open()
    await send(sender.socket, receiver.socket.address, MAX_KEPT)
    await eventually(() => receiver.socket.read(12).length === 12, 'a batch')
    await send(sender.socket, receiver.socket.address, 20)
    await eventually(() => receiver.stats.dropped.readBufferFull === 8, 'what does not fit')
    expect(texts(receiver.socket.read(Infinity)).slice(-12)).toEqual(upTo(12))
  })

  it('TRN-07 counts what it keeps as unread when it is closed', async () => {
    const receiver = open()
    const sender = open()
    await send(sender.socket, receiver.socket.address, MAX_KEPT + 5)
    await eventually(() => receiver.stats.dropped.readBufferFull === 5, 'the rest is dropped')
    receiver.socket.read(2)
    receiver.socket.close()
    expect(receiver.stats.dropped.unread).toBe(MAX_KEPT - 2)
  })

  it('ADR-08 hands every option to node:dgram, by its own name', () => {
    const names = ['setTTL', 'setBroadcast', 'setMulticastTTL', 'setMulticastLoopback'] as const
    const spies = names.map((name) => vi.spyOn(Socket.prototype, name))
    open({ ttl: 3, broadcast: true, multicast: { ttl: 0, loopback: false } })
    expect(spies.map(({ mock }) => mock.calls)).toEqual([[[3]], [[true]], [[0]], [[false]]])
  })

  it('ADR-08 leaves what is not given as the system has it', () => {
    const names = ['setTTL', 'setBroadcast', 'setMulticastTTL', 'setMulticastLoopback'] as const
    const spies = [...names, 'setMulticastInterface' as const, 'addMembership' as const].map(
      (name) => vi.spyOn(Socket.prototype, name),
    )
    open()
    open({ multicast: {} })
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
  })

  it.each([dgramTransport, sendingDgramTransport])(
    'ADR-08 sets both buffers of the kernel to what is asked',
    (transport) => {
      const bind = vi.spyOn(Socket.prototype, 'bind')
      const { socket } = open({ recvBufferSize: 30_000, sendBufferSize: 20_000 }, transport)
      const doubled = process.platform === 'linux' ? 2 : 1
      expect(socket.recvBufferSize).toBe(transport === dgramTransport ? 30_000 : undefined)
      const inner = bind.mock.contexts[0] as Socket
      expect(inner.getRecvBufferSize()).toBe(30_000 * doubled)
      expect(inner.getSendBufferSize()).toBe(20_000 * doubled)
    },
  )

  it('TRN-05 an option that the system refuses is thrown, and leaves nothing open', () => {
    const before = openSockets()
    const refusal = Object.assign(new Error('setTTL EPERM'), { code: 'EPERM' })
    vi.spyOn(Socket.prototype, 'setTTL').mockImplementation(() => {
      throw refusal
    })
    expect(() => open({ ttl: 3 })).toThrow(refusal)
    expect(openSockets()).toBe(before)
  })

  it('TRN-05 keeps the process alive only while it is open', async () => {
    const { socket } = open()
    expect(process.getActiveResourcesInfo()).toContain('UDPWrap')
    socket.close()
    await eventually(() => !process.getActiveResourcesInfo().includes('UDPWrap'), 'no handle')
  })

  it('BND-01 in a cluster worker, too, the socket is its own', () => {
    const bind = vi.spyOn(Socket.prototype, 'bind')
    open()
    expect(bind.mock.calls[0]?.[0]).toMatchObject({ exclusive: true })
  })
})

describe('sendingDgramTransport', () => {
  it('TRN-05 counts what arrives as unread, and gives nothing to read', async () => {
    const sender = open({ receive: false }, sendingDgramTransport)
    const other = open()
    await send(other.socket, sender.socket.address, 3)
    await eventually(() => sender.stats.dropped.unread === 3, 'three are counted')
    expect(sender.socket.read(9)).toEqual([])
  })
})
