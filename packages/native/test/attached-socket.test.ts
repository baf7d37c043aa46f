import { noStats, type Parcel } from '@udpng/basic-peer'
import { describe, expect, it, vi } from 'vitest'
import type { AttachOptions } from '../src/attached-socket.js'
import { NativeTransport } from '../src/native-transport.js'
import type { Failure } from '../src/outgoing.js'
import { available } from './available.js'
import { FakeAddon, type Packet } from './fake-addon.js'
import { nodeSocket } from './node-socket.js'

const [READABLE, WRITABLE] = [1, 2]

/** A socket that is attached to one of a kernel that does what the test says. */
function attach(given: Partial<AttachOptions> = {}) {
  const addon = new FakeAddon()
  const transport = new NativeTransport(addon)
  const stats = noStats()
  const got: string[] = []
  const errors: string[] = []
  let writable = 0
  const socket = transport.attach({
    fd: 3,
    family: 4,
    stats,
    onDatagram: ([data]) => void got.push(String(data)),
    onError: ({ message }) => void errors.push(message),
    onWritable: () => void writable++,
    ...given,
  })
  addon.take()
  addon.sent.length = 0
  return {
    addon,
    socket,
    stats,
    got,
    errors,
    get writable() {
      return writable
    },
  }
}

const packets = (...all: string[]): Packet[] => all.map((data) => ({ data }))
const parcels = (...all: string[]): Parcel[] =>
  all.map((text) => ({ data: Buffer.from(text), host: '127.0.0.1', port: 7 }))
const later = () => new Promise((resolve) => setImmediate(resolve))

describe('NAT-32 an attached socket', () => {
  it('throws what the kernel says of the descriptor', () => {
    const addon = new FakeAddon()
    const transport = new NativeTransport(addon)
    addon.results['open'] = -9
    const options = { fd: 3, family: 4, stats: noStats() } as const
    const owner = { onDatagram: () => {}, onError: () => {}, onWritable: () => {} }
    expect(() => transport.attach({ ...options, ...owner })).toThrow(
      expect.objectContaining({ code: 'EBADF', syscall: 'open' }),
    )
  })

  it('changes no option of the socket', () => {
    const { addon, socket } = attach()
    socket.receive()
    expect(addon.take()).toEqual([`watch ${READABLE}`])
  })

  it('gives the datagrams of a read one by one, and lets its owner act between them', () => {
    const order: string[] = []
    const { addon } = attach({
      onDatagram: ([data]) => void order.push(String(data)),
      betweenDatagrams: () => void order.push('between'),
    })
    addon.queue.push(...packets('a', 'b', 'c'))
    addon.notify(READABLE)
    expect(order).toEqual(['a', 'between', 'b', 'between', 'c'])
  })

  it('gives 64 datagrams in a turn, and reads no more before the last one is given', async () => {
    const { addon, got } = attach()
    const flow = { data: 'x'.repeat(130), stride: 1 }
    addon.queue.push(flow, flow, flow, flow, flow)
    addon.notify(READABLE)
    expect(got.length).toBe(64)
    addon.notify(READABLE)
    expect(got.length).toBe(128)
    for (let turns = 0; turns < 20; turns++) await later()
    expect([got.length, addon.queue.length]).toEqual([4 * 130, 1])
    addon.notify(READABLE)
    for (let turns = 0; turns < 20; turns++) await later()
    expect(got.length).toBe(5 * 130)
  })

  it('goes on after a datagram whose owner throws', async () => {
    const got: string[] = []
    const { addon } = attach({
      onDatagram: ([data]) => {
        got.push(String(data))
        if (String(data) === 'b') throw new Error('at b')
      },
    })
    addon.queue.push(...packets('a', 'b', 'c', 'd'))
    expect(() => addon.notify(READABLE)).toThrow('at b')
    expect(got).toEqual(['a', 'b'])
    await later()
    await later()
    expect(got).toEqual(['a', 'b', 'c', 'd'])
  })

  it('closes in the middle of a read: the rest is counted, and nothing is given', async () => {
    const got: string[] = []
    let close = (): void => {}
    const { addon, socket, stats } = attach({
      onDatagram: ([data]) => {
        got.push(String(data))
        close()
      },
    })
    close = () => socket.close()
    addon.queue.push(...packets('a', 'b', 'c'))
    addon.drops = 2
    addon.notify(READABLE)
    await later()
    expect([got, stats.dropped.unread]).toEqual([['a'], 2])
    expect(addon.take()).toEqual(['receive 4', 'close'])
    expect(socket.kernelDrops).toEqual({ atLeast: 2, atMost: 2, about: 2 })
    socket.close()
    socket.receive()
    socket.keepAlive(true)
    expect(addon.take()).toEqual([])
  })

  it('returns what the kernel does not take, and says when it does', () => {
    const attached = attach()
    const { addon, socket, stats } = attached
    const failures: Failure[] = []
    addon.fates.push(0, 13, 11)
    const left = socket.send(parcels('a', 'bb', 'ccc'), failures)
    expect(left).toEqual(parcels('ccc'))
    expect(failures).toEqual([
      [parcels('bb')[0], expect.objectContaining({ code: 'EACCES', address: '127.0.0.1' })],
    ])
    expect(addon.take()).toEqual(['send 3', `watch ${WRITABLE}`])
    addon.notify(WRITABLE)
    expect([attached.writable, stats.sent]).toEqual([1, 1])
    expect(addon.take()).toEqual(['watch 0'])
  })

  it('passes on the errors of a connected socket, after the send that met them', async () => {
    const { addon, socket, errors, stats } = attach()
    addon.meetsReports = true
    addon.reports = 2
    socket.send(parcels('a'), [])
    expect(errors).toEqual([])
    await later()
    expect([errors, stats.refused]).toEqual([['recvmsg ECONNREFUSED 127.0.0.1:7'], 2])
    addon.reports = 1
    addon.notify(0, 1)
    addon.queue.push(111, ...packets('data'))
    addon.notify(READABLE)
    expect([errors.length, stats.refused]).toEqual([3, 4])
  })

  it('NAT-32 keeps the process alive, or not', () => {
    const { addon, socket } = attach()
    socket.keepAlive(false)
    socket.keepAlive(true)
    expect(addon.take()).toEqual(['keepAlive 0', 'keepAlive 1'])
  })
})

const transport = available()

describe.skipIf(!transport)('NAT-32 attached to a socket of node:dgram', () => {
  it('sends and receives in its place, and leaves it open', async () => {
    const { fd, port, socket: owner } = nodeSocket()
    const other = nodeSocket()
    const [got, heard]: [string[], string[]] = [[], []]
    const options = { family: 4, onError: () => {}, onWritable: () => {} } as const
    const one = transport?.attach({
      ...options,
      fd,
      stats: noStats(),
      onDatagram: ([data]) => void got.push(String(data)),
    })
    const two = transport?.attach({
      ...options,
      fd: other.fd,
      stats: noStats(),
      onDatagram: ([data]) => void heard.push(String(data)),
    })
    one?.receive()
    two?.receive()
    two?.send([{ data: Buffer.from('there'), host: '127.0.0.1', port }], [])
    await vi.waitFor(() => expect(got).toEqual(['there']))
    one?.send([{ data: Buffer.from('back'), host: '127.0.0.1', port: other.port }], [])
    await vi.waitFor(() => expect(heard).toEqual(['back']))
    one?.close()
    two?.close()
    expect(owner.address().port).toBe(port)
  })
})
