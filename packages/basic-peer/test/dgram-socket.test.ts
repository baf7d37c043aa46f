import { Socket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import {
  type DatagramTransport,
  dgramTransport,
  exactly,
  noStats,
  type OpenOptions,
  type Parcel,
  sendingDgramTransport,
  sumOfBounds,
} from '@udpng/basic-peer'
import { eventually, openSockets, turn } from 'test-support'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'

const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((at) => at?.address === '::1')

function open(transport: DatagramTransport, options: Partial<OpenOptions> = {}) {
  const bind = vi.spyOn(Socket.prototype, 'bind')
  const stats = noStats()
  const failed: string[] = []
  const counts = { settled: 0 }
  const socket = transport.open({
    family: 4,
    host: '127.0.0.1',
    port: 0,
    receive: true,
    stats,
    onFailed: ({ data }, { code, message }) => failed.push(`${data.length} ${code}: ${message}`),
    onSettled: () => counts.settled++,
    ...options,
  })
  onTestFinished(() => socket.close())
  const inner = bind.mock.contexts.at(-1) as Socket
  return { socket, stats, failed, counts, inner, settled: () => eventually(() => !socket.pending) }
}

const parcels = (count: number, change: Partial<Parcel> = {}): Parcel[] =>
  Array.from({ length: count }, (_, i) => ({
    data: Buffer.from(`${i}`),
    host: '127.0.0.1',
    port: 9,
    ...change,
  }))

afterEach(() => {
  vi.restoreAllMocks()
})

describe.each([
  ['receives', dgramTransport],
  ['only sends', sendingDgramTransport],
])('a dgram socket that %s', (_, transport) => {
  it('takes 256 parcels until their outcome is known, and reports once that all are settled', async () => {
    const { socket, stats, counts, settled } = open(transport)
    expect(transport.name).toBe('dgram')
    expect(socket.send(parcels(300))).toBe(256)
    expect([socket.pending, socket.send(parcels(1))]).toEqual([256, 0])
    await settled()
    expect(stats).toMatchObject({ sent: 256, sentBytes: 10 + 90 * 2 + 156 * 3 })
    expect(counts.settled).toBe(1)
    expect(socket.send(parcels(3))).toBe(3)
  })

  it('gives the notice to write at once if it takes parcels, later and once otherwise', async () => {
    const { socket, settled } = open(transport)
    let notices = 0
    socket.watch('write', () => notices++)
    expect(notices).toBe(0)
    await eventually(() => notices === 1)
    socket.send(parcels(256))
    socket.watch('write', () => notices++)
    expect(notices).toBe(1)
    await eventually(() => notices === 2)
    expect(socket.pending).toBeLessThanOrEqual(128)
    await settled()
    socket.watch('write', () => notices++)
    socket.watch('write', undefined)
    for (let i = 0; i < 5; i++) await turn() // a notice comes with the next one
    expect(notices).toBe(2)
  })

  it('reports each parcel that cannot be sent, and sends the others', async () => {
    const { socket, stats, failed, settled } = open(transport)
    const transferred = Buffer.alloc(4)
    structuredClone(transferred.buffer, { transfer: [transferred.buffer as ArrayBuffer] })
    const run = [
      ...parcels(1),
      ...parcels(1, { data: Buffer.alloc(65_508) }),
      ...parcels(1, { data: transferred }),
      ...parcels(1, { port: 0 }),
      ...parcels(1),
    ]
    expect(socket.send(run)).toBe(5)
    await settled()
    expect(failed.sort()).toEqual([
      expect.stringMatching(/^0 EFAULT: the memory of the datagram was transferred/),
      expect.stringMatching(/^1 ERR_SOCKET_BAD_PORT: /),
      '65508 EMSGSIZE: send EMSGSIZE 127.0.0.1:9',
    ])
    expect(stats).toMatchObject({ sent: 2, sentBytes: 2 })
  })

  it('counts an error of the socket as a receive error', () => {
    const { inner, stats } = open(transport)
    inner.emit('error', new Error('recvmsg EIO'))
    expect(stats.receiveErrors).toBe(1)
  })

  it('takes nothing and gives no notice once it is closed', async () => {
    const { socket, counts } = open(transport)
    let notices = 0
    socket.watch('write', () => notices++)
    socket.close()
    socket.close()
    expect([socket.send(parcels(1)), socket.pending]).toEqual([0, 0])
    for (let i = 0; i < 5; i++) await turn() // a notice comes with the next one
    expect([notices, counts.settled]).toEqual([0, 0])
  })

  it('is not opened at an address that is in use: the system’s error is thrown, and nothing is left', () => {
    const { socket } = open(transport)
    const [host, port] = socket.address
    const before = openSockets()
    expect(() => open(transport, { host, port })).toThrow(
      expect.objectContaining({ code: 'EADDRINUSE', syscall: 'bind' }),
    )
    expect(openSockets()).toBe(before)
  })

  it('uses the multicast interface by its address on IPv4', () => {
    const choose = vi.spyOn(Socket.prototype, 'setMulticastInterface')
    open(transport, { multicast: { interface: '127.0.0.1' } })
    expect(choose.mock.calls).toEqual([['127.0.0.1']])
    expect(() => open(transport, { multicast: { interface: 'none' } })).toThrow('no interface none')
  })

  it.skipIf(!hasIPv6)('uses the multicast interface by its name on IPv6', () => {
    const choose = vi.spyOn(Socket.prototype, 'setMulticastInterface')
    open(transport, { family: 6, host: '::', multicast: { interface: '::1' } })
    expect(choose.mock.calls).toEqual([[expect.stringMatching(/^::%\w+$/)]])
  })

  it.skipIf(!hasIPv6)('reports parcels to an unknown interface', async () => {
    const { socket, failed, settled } = open(transport, { family: 6, host: '::1' })
    socket.send(parcels(2, { host: 'fe80::1%none' }))
    await settled()
    const error = '1 undefined: there is no interface none'
    expect(failed).toEqual([error, error])
  })
})

describe('a dgram socket that receives', () => {
  it('is not opened with reusePort where Node.js ignores it, and says what has it', () => {
    vi.spyOn(process, 'versions', 'get').mockReturnValue({ ...process.versions, uv: '1.48.0' })
    expect(() => open(dgramTransport, { reusePort: true })).toThrow(
      'reusePort needs Node.js 22.12 or @udpng/native',
    )
    expect(() => open(dgramTransport)).not.toThrow()
  })

  it('joins its groups on the interface', () => {
    const join = vi.spyOn(Socket.prototype, 'addMembership').mockReturnValue()
    const groups = ['239.1.2.3', '239.1.2.4']
    open(dgramTransport, { multicast: { groups, interface: '127.0.0.1' } })
    open(dgramTransport, { multicast: { groups: ['239.1.2.5'] } })
    expect(join.mock.calls).toEqual([
      ['239.1.2.3', '127.0.0.1'],
      ['239.1.2.4', '127.0.0.1'],
      ['239.1.2.5', undefined],
    ])
  })
})

describe('bounds', () => {
  it('are added up; unknown ones add nothing', () => {
    const bounds = { atLeast: 1, about: 20, atMost: 300 }
    expect(sumOfBounds([bounds, undefined, exactly(4), bounds])).toEqual({
      atLeast: 6,
      about: 44,
      atMost: 604,
    })
    expect(sumOfBounds([])).toEqual(exactly(0))
  })
})
