import { exactly, noStats, type OpenOptions, type Parcel } from '@udpng/basic-peer'
import { openSocket } from '@udpng/transport-tests/tools'
import { describe, expect, it, vi } from 'vitest'
import { NativeTransport } from '../src/native-transport.js'
import { FakeAddon, type Packet } from './fake-addon.js'

const [READABLE, WRITABLE] = [1, 2]

/** A socket on a kernel that does what the test says; `addon.calls` begins after it was opened. */
function open(options: Partial<OpenOptions> = {}, results: Record<string, number> = {}) {
  const addon = new FakeAddon()
  Object.assign(addon.results, results)
  const transport = new NativeTransport(addon)
  const failed: string[] = []
  const refused: string[] = []
  addon.take()
  const opened = openSocket(transport, {
    onFailed: ({ data }, { message, code }) => failed.push(`${data} ${code}: ${message}`),
    onRefused: ([host, port], { message }) => refused.push(`${host}:${port} ${message}`),
    ...options,
  })
  addon.sent.length = 0 // the transport tried whether it can send
  const { socket, stats } = opened
  return {
    addon,
    socket,
    stats,
    failed,
    refused,
    get settled() {
      return opened.settled
    },
    texts: (max: number) => socket.read(max).map(([data]) => `${data}`),
  }
}

const packets = (count: number): Packet[] =>
  Array.from({ length: count }, (_, i) => ({ data: `${i}` }))
const texts = (count: number): string[] => packets(count).map(({ data }) => data)
const parcels = (...all: string[]): Parcel[] =>
  all.map((text) => ({ data: Buffer.from(text), host: '127.0.0.1', port: 7 }))
/** Waits until notices that need no system call have come. */
const later = () => new Promise((resolve) => setImmediate(resolve))

describe('opening', () => {
  it('throws what the kernel refuses, and leaves nothing open', () => {
    const addon = new FakeAddon()
    const transport = new NativeTransport(addon)
    expect([transport.name, addon.opened]).toEqual(['native', 0])
    const options = { family: 4, host: '127.0.0.1', port: 53, receive: true } as const
    const owner = { stats: noStats(), onFailed: () => {}, onSettled: () => {} }
    addon.results['open'] = -24
    expect(() => transport.open({ ...options, ...owner })).toThrow(
      expect.objectContaining({ code: 'EMFILE', syscall: 'socket' }),
    )
    addon.results['open'] = 0
    addon.results['bind'] = -13
    expect(() => transport.open({ ...options, ...owner })).toThrow(
      expect.objectContaining({ code: 'EACCES', syscall: 'bind' }),
    )
    expect(addon.opened).toBe(0)
  })

  it('watches nothing until the owner requests it', () => {
    const { addon, socket } = open()
    expect(socket.address).toEqual(['127.0.0.1', 4321])
    expect(addon.take()).toEqual([])
  })
})

describe('what the owner does not read', () => {
  it('is discarded, and counted', () => {
    const { addon, stats } = open({ receive: false })
    expect(addon.take()).toEqual([`watch ${READABLE}`])
    addon.queue.push(...packets(5), { data: 'aabbc', stride: 2 })
    addon.notify(READABLE)
    expect(addon.queue).toEqual([])
    expect(stats.dropped.unread).toBe(8)
    expect(addon.take().filter((call) => call.startsWith('watch'))).toEqual([])
  })

  it('is read at most 256 times in a row', () => {
    const { addon, stats } = open({ receive: false })
    addon.queue.push(...packets(20_000))
    addon.take()
    addon.notify(READABLE)
    expect(addon.take().filter((call) => call.startsWith('receive'))).toHaveLength(256)
    expect(stats.dropped.unread).toBe(20_000 - addon.queue.length)
  })
})

describe('reading', () => {
  it('doubles the number of slots after each full read, up to the wanted number', () => {
    const { addon, texts: read } = open()
    addon.queue.push(...packets(300))
    expect(read(2)).toEqual(['0', '1'])
    expect(addon.take()).toEqual(['receive 2'])
    expect(read(200)).toHaveLength(200)
    expect(addon.take().filter((call) => call.startsWith('receive'))).toEqual(
      [4, 8, 16, 32, 64, 64, 12].map((slots) => `receive ${slots}`),
    )
    expect(read(200)).toHaveLength(98)
  })

  it('asks for 4 slots at least after a read that was not full', () => {
    const { addon, texts: read } = open()
    addon.queue.push(...packets(40))
    read(100)
    addon.queue.push(...packets(1))
    addon.take()
    expect(read(100)).toHaveLength(1)
    const [first = ''] = addon.take()
    read(100)
    expect([first, ...addon.take()]).toEqual([expect.any(String), 'receive 4'])
  })

  it('returns excess datagrams from the next read, without a system call', () => {
    const { addon, texts: read } = open()
    addon.queue.push({ data: 'aabbccdd', stride: 2 })
    expect(read(1)).toEqual(['aa'])
    addon.take()
    expect(read(2)).toEqual(['bb', 'cc'])
    expect(addon.take()).toEqual([])
    addon.queue.push({ data: 'next' })
    expect(read(2)).toEqual(['dd', 'next'])
  })

  it('reads as many packets as the wanted datagrams need', () => {
    const { addon, texts: read } = open()
    addon.queue.push({ data: 'aabbccdd', stride: 2 }, { data: 'eeffgghh', stride: 2 })
    read(1)
    read(3)
    addon.take()
    expect(read(4)).toEqual(['ee', 'ff', 'gg', 'hh'])
    expect(addon.take()).toEqual(['receive 1'])
  })

  it('counts packets that did not fit as receive errors', () => {
    const { addon, texts: read, stats } = open()
    addon.queue.push({ data: 'a' }, { data: 'b', truncated: true }, { data: 'c', truncated: true })
    expect(read(10)).toEqual(['a'])
    expect(stats.receiveErrors).toBe(2)
    addon.queue.push({ data: 'aabb', stride: 2 }, { data: 'c', truncated: true })
    expect(read(2)).toEqual(['aa', 'bb'])
    addon.take()
    addon.queue.push({ data: 'aabb', stride: 2 })
    expect(read(2)).toEqual(['aa', 'bb'])
    expect(addon.take()).toEqual(['receive 1'])
  })

  it('counts an error, and gives what was read before it', () => {
    const { addon, texts: read, stats } = open()
    addon.queue.push({ data: 'a' }, 1, { data: 'b' })
    expect(read(10)).toEqual(['a'])
    expect(read(10)).toEqual([])
    expect(stats).toMatchObject({ receiveErrors: 1, refused: 0 })
    expect(read(10)).toEqual(['b'])
  })

  it('counts a read that throws, and gives what was read before it', () => {
    const { addon, texts: read, stats } = open()
    addon.queue.push(...packets(4), { data: 'later' })
    const receive = vi.spyOn(addon, 'receive')
    const real = FakeAddon.prototype.receive
    receive.mockImplementationOnce((...args) => real.apply(addon, args))
    receive.mockImplementationOnce(() => {
      throw new Error('out of memory')
    })
    expect(read(10)).toEqual(texts(4))
    expect(stats.receiveErrors).toBe(1)
    expect(read(10)).toEqual(['later'])
  })

  it('NAT-13 an ICMP message that a read meets is counted as refused, and the data behind it is read', () => {
    const { addon, texts: read, stats, refused } = open()
    addon.queue.push(111, { data: 'a' })
    expect(read(10)).toEqual(['a'])
    expect(stats).toMatchObject({ receiveErrors: 0, refused: 1 })
    expect(refused).toEqual(['127.0.0.1:7 recvmsg ECONNREFUSED 127.0.0.1:7'])
  })

  it('ends if the owner closes the socket when it hears of the ICMP message', () => {
    const { addon, socket, stats, texts: read } = open({ onRefused: () => socket.close() })
    addon.queue.push(111, ...packets(3))
    expect(read(10)).toEqual([])
    expect(addon.take().at(-1)).toBe('close')
    expect(stats.dropped.unread).toBe(3)
    expect(read(10)).toEqual([])
    expect(addon.take()).toEqual([])
  })

  it('gives no datagrams of another socket that the owner closes when it hears of the ICMP message', () => {
    const addon = new FakeAddon()
    const transport = new NativeTransport(addon)
    let reports = 0
    const one = openSocket(transport, {
      onRefused: () => {
        if (++reports === 2) other.socket.close()
      },
    })
    const other = openSocket(transport)
    addon.queue.push(111, 111, ...packets(3)) // the fake kernel has one queue for both
    expect(one.socket.read(10)).toEqual([])
    expect(other.stats.dropped.unread).toBe(3)
    expect(one.stats).toMatchObject({ refused: 2, receiveErrors: 0 })
  })
})

describe('coalescing', () => {
  const GRO = 'option 104 01000000'

  it('is switched on, once, by a read of 64 packets', () => {
    const { addon, texts: read } = open()
    addon.queue.push(...packets(63))
    read(1000)
    expect(addon.take()).not.toContain(GRO)
    addon.queue.push(...packets(1000))
    read(1000)
    expect(addon.take().filter((call) => call === GRO)).toHaveLength(1)
  })

  it('stays off with exactDrops, and if the kernel does not support it', () => {
    for (const { addon, texts: read } of [
      open({ exactDrops: true }),
      open({}, { 'option 104': -92 }),
    ]) {
      addon.queue.push(...packets(1000))
      expect(read(1000)).toHaveLength(1000)
      expect(addon.take()).not.toContain(GRO)
    }
  })

  it('makes the kernel drops an estimate from then on', () => {
    const { addon, socket, texts: read } = open()
    addon.drops = 3
    expect(socket.kernelDrops).toEqual(exactly(3))
    addon.queue.push(...packets(200))
    read(1000)
    addon.drops = 4
    expect(socket.kernelDrops).toMatchObject({ atLeast: 4, atMost: 3 + 128 })
  })

  it('also measures single datagrams after a read that emptied the receive buffer', () => {
    const { addon, socket, texts: read } = open()
    addon.queue.push(...packets(150)) // 60 in slots of 4 to 32, 64, and 26 of 64
    read(1000)
    addon.queue.push({ data: 'a' })
    read(1000)
    addon.queue.push({ data: 'a'.repeat(40), stride: 2 })
    addon.drops = 10
    read(1000)
    expect(socket.kernelDrops?.about).toBe(105) // one and twenty in two packets
  })

  it('does not stop reading if the kernel refuses it', () => {
    const { addon, texts: read } = open()
    addon.results['option 104'] = -1
    addon.queue.push(...packets(1000))
    expect(read(1000)).toHaveLength(1000)
  })
})

describe('sending', () => {
  it('counts datagrams and bytes that the kernel took', () => {
    const { addon, socket, stats } = open()
    expect(socket.send(parcels('aa', 'bb', 'c'))).toBe(3)
    expect(addon.sent).toEqual([{ data: 'aabbc', segment: 2, port: 7 }])
    expect(stats).toMatchObject({ sent: 3, sentBytes: 5 })
    expect(socket.pending).toBe(0)
    expect(addon.take()).toEqual(['send 1'])
  })

  it('sends each datagram by itself where the kernel cannot cut messages', () => {
    const { addon, socket } = open({}, { 'option 103': -92 })
    socket.send(parcels('aa', 'bb'))
    expect(addon.sent.map(({ data }) => data)).toEqual(['aa', 'bb'])
  })

  it('reports each datagram that the kernel refuses, with the destination, and sends the others', () => {
    const { addon, socket, failed, stats } = open()
    addon.fates.push(0, 1, 0)
    socket.send([...parcels('a', 'bb'), ...parcels('ccc')])
    expect(failed).toEqual(['bb EPERM: send EPERM 127.0.0.1:7'])
    expect(addon.sent.map(({ data }) => data)).toEqual(['a', 'ccc'])
    expect(stats).toMatchObject({ sent: 2, sentBytes: 4 })
  })

  it('reports each datagram that is too long, and sends the others', () => {
    const { addon, socket, failed } = open()
    const [a, c] = parcels('a', 'c') as [Parcel, Parcel]
    socket.send([a, { ...a, data: Buffer.alloc(65_508) }, c])
    expect(failed.map((text) => text.replaceAll('\0', ''))).toEqual([
      ' EMSGSIZE: send EMSGSIZE 127.0.0.1:7',
    ])
    expect(addon.sent.map(({ data }) => data)).toEqual(['ac'])
  })

  it('reports each datagram to an interface that there is none of, and sends the others', () => {
    const { addon, socket, failed } = open()
    const [a, b, c] = parcels('a', 'b', 'c') as [Parcel, Parcel, Parcel]
    socket.send([{ ...a, host: 'fe80::1%none' }, b, { ...c, host: 'fe80::1%none' }])
    expect(failed).toEqual(
      ['a', 'c'].map((data) => `${data} undefined: there is no interface none`), //
    )
    expect(addon.sent.map(({ data }) => data)).toEqual(['b'])
  })

  it('NAT-07 sends the datagrams of a message that the kernel does not cut one by one', () => {
    const { addon, socket, failed, stats } = open()
    addon.fates.push(22)
    socket.send(parcels('aa', 'bb', 'c', 'ddd'))
    expect(addon.sent.map(({ data }) => data)).toEqual(['aa', 'bb', 'c', 'ddd'])
    expect([failed, stats.sent, stats.sentBytes]).toEqual([[], 4, 8])
  })

  it('NAT-07 cuts no message of datagrams as long from then on; of shorter ones, it does', () => {
    const { addon, socket } = open()
    addon.fates.push(22)
    socket.send(parcels('aa', 'bb'))
    addon.sent.length = 0
    socket.send(parcels('cc', 'dd', 'e', 'f'))
    expect(addon.sent).toEqual([
      { data: 'cc', segment: 0, port: 7 },
      { data: 'dd', segment: 0, port: 7 },
      { data: 'ef', segment: 1, port: 7 },
    ])
  })

  it('NAT-24 goes on to cut messages where the kernel refuses the datagrams one by one, too', () => {
    const { addon, socket, failed, stats } = open()
    addon.fates.push(22, 22, 22)
    socket.send(parcels('aa', 'bb', 'c'))
    expect(failed).toEqual(['aa', 'bb'].map((data) => `${data} EINVAL: send EINVAL 127.0.0.1:7`))
    expect([addon.sent.map(({ data }) => data), stats.sent]).toEqual([['c'], 1])
    socket.send(parcels('dd', 'ee'))
    expect(addon.sent.at(-1)).toEqual({ data: 'ddee', segment: 2, port: 7 })
  })

  it('waits while the send buffer is full, takes nothing meanwhile, and continues in order', () => {
    const opened = open()
    const { addon, socket, stats } = opened
    addon.fates.push(0, 11)
    addon.take()
    expect(socket.send(parcels('a', 'bb', 'bb', 'ccc'))).toBe(4)
    expect(addon.take()).toEqual(['send 3', `watch ${WRITABLE}`])
    expect([socket.pending, opened.settled, stats.sent]).toEqual([3, 0, 1])
    expect(socket.send(parcels('d'))).toBe(0)
    addon.fates.push(11)
    addon.notify(WRITABLE)
    expect([socket.pending, opened.settled]).toEqual([3, 0])
    expect(addon.take()).toEqual(['send 2'])
    addon.notify(WRITABLE)
    expect([socket.pending, opened.settled, stats.sent]).toEqual([0, 1, 4])
    expect(addon.take()).toEqual(['send 2', 'watch 0'])
    expect(addon.sent.map(({ data }) => data)).toEqual(['a', 'bbbb', 'ccc'])
    expect(socket.send(parcels('d'))).toBe(1)
  })

  it('NAT-13 reports the ICMP messages that it met, after the run', () => {
    const { addon, socket, refused, stats } = open()
    addon.meetsReports = true
    addon.reports = 2
    socket.send(parcels('a', 'bb'))
    expect(addon.sent.map(({ data }) => data)).toEqual(['a', 'bb'])
    expect(stats.refused).toBe(2)
    expect(refused).toHaveLength(1)
    addon.reports = 1
    socket.send(parcels('a')) // it met none
    expect(stats.refused).toBe(2)
    addon.reports = 0
    addon.meetsReports = true // but another reader of the queue was faster
    socket.send(parcels('a'))
    expect([stats.refused, refused.length]).toEqual([2, 1])
  })

  it('counts the ICMP messages of an owner that does not listen for them', () => {
    const { addon, stats } = open({ onRefused: undefined as never })
    addon.reports = 2
    addon.notify(0, 2)
    expect(stats.refused).toBe(2)
  })

  it('sends singly only the datagrams of the message that the kernel did not cut', () => {
    const { addon, socket } = open()
    addon.fates.push(0, 22)
    socket.send(parcels('a', 'bb', 'bb', 'ccc', 'ccc'))
    expect(addon.sent.map(({ data }) => data)).toEqual(['a', 'bb', 'bb', 'cccccc'])
  })
})

describe('readiness', () => {
  it('is watched from the first request to read on, until a notice comes without a request', () => {
    const { addon, socket, texts: read } = open()
    let notices = 0
    const watch = () => socket.watch('read', () => notices++)
    watch()
    expect(addon.take()).toEqual([`watch ${READABLE}`])
    addon.queue.push({ data: 'a' })
    addon.notify(READABLE)
    expect(notices).toBe(1)
    read(1)
    watch()
    expect(addon.take()).not.toContain(`watch ${READABLE}`)
    addon.notify(READABLE)
    addon.notify(READABLE)
    expect(notices).toBe(2)
    expect(addon.take()).toEqual(['watch 0'])
  })

  it('gives no notice for a cancelled request', () => {
    const { addon, socket } = open()
    let notices = 0
    socket.watch('read', () => notices++)
    socket.watch('read', undefined)
    addon.notify(READABLE)
    expect(notices).toBe(0)
  })

  it('is reported in a later turn where no system call is needed', async () => {
    const { addon, socket, texts: read } = open()
    const notices: string[] = []
    socket.watch('write', () => notices.push('write'))
    expect(notices).toEqual([])
    await later()
    expect(notices).toEqual(['write'])
    addon.queue.push({ data: 'aabb', stride: 2 })
    read(1)
    addon.take()
    socket.watch('read', () => notices.push('read'))
    expect([notices, addon.take()]).toEqual([['write'], []])
    await later()
    expect(notices).toEqual(['write', 'read'])
    await later()
    expect(notices).toHaveLength(2)
  })

  it('of a datagram in excess is not reported if it was read meanwhile', async () => {
    const { addon, socket, texts: read } = open()
    let notices = 0
    addon.queue.push({ data: 'aabb', stride: 2 })
    read(1)
    socket.watch('read', () => notices++)
    read(1)
    await later()
    expect(notices).toBe(0)
  })

  it('to write comes once all that was taken is sent', async () => {
    const { addon, socket } = open()
    let notices = 0
    addon.fates.push(11)
    socket.send(parcels('a'))
    addon.take()
    socket.watch('write', () => notices++)
    expect(addon.take()).toEqual([])
    await later()
    expect(notices).toBe(0)
    addon.notify(READABLE)
    expect(notices).toBe(0)
    addon.notify(WRITABLE)
    expect(notices).toBe(1)
  })

  it('to write that is due is not reported if the socket would block by then', async () => {
    const { addon, socket } = open()
    let notices = 0
    socket.watch('write', () => notices++)
    addon.fates.push(11)
    socket.send(parcels('a'))
    await later()
    expect(notices).toBe(0)
  })

  it('to write without pending parcels does not call onSettled', () => {
    const opened = open()
    opened.addon.notify(WRITABLE)
    expect([opened.settled, opened.addon.take()]).toEqual([0, []])
  })

  it('NAT-12 with reports of the network alone gives no notice: they are counted', () => {
    const { addon, socket, stats, refused } = open()
    let notices = 0
    socket.watch('read', () => notices++)
    addon.reports = 3
    addon.notify(0, 3)
    expect([stats.refused, refused.length, notices]).toEqual([3, 1, 0])
    addon.reports = 3
    addon.notify(READABLE)
    expect([stats.refused, notices]).toEqual([3, 1])
  })

  it('ends if the owner closes the socket when it hears of them, or that all is sent', () => {
    for (const receive of [true, false]) {
      const { addon, socket } = open({ receive, onRefused: () => socket.close() })
      let notices = 0
      socket.watch('read', () => notices++)
      addon.reports = 1
      addon.notify(READABLE, 1)
      expect([notices, addon.take().at(-1)]).toEqual([0, 'close'])
    }
    const { addon, socket } = open({ receive: false, onSettled: () => socket.close() })
    addon.fates.push(11)
    socket.send(parcels('a'))
    addon.notify(READABLE | WRITABLE)
    expect(addon.take().at(-1)).toBe('close')
  })
})

describe('closing', () => {
  it('reports what was taken and not sent, with ECANCELED, once the socket is closed', () => {
    const { addon, socket, failed } = open()
    addon.fates.push(11)
    socket.send(parcels('a', 'bb'))
    socket.close()
    expect(failed).toEqual(['a', 'bb'].map((data) => `${data} ECANCELED: the socket was closed`))
    expect([socket.pending, addon.opened]).toEqual([0, 0])
  })

  it('leaves what is queued in the kernel, if the descriptor was taken over: it may be for the next process', () => {
    const { addon, socket, stats } = open({ fd: 3 })
    addon.queue.push(...packets(4))
    socket.read(1)
    const left = addon.queue.length
    socket.close()
    expect(addon.queue).toHaveLength(left)
    expect(stats.dropped.unread).toBe(3 - left)
  })

  it('counts what is queued as unread, and the drops of the kernel for the last time', () => {
    const { addon, socket, stats, texts: read } = open()
    addon.queue.push({ data: 'aabbcc', stride: 2 }, { data: 'd' }, { data: 'e' })
    read(1)
    addon.drops = 9
    socket.close()
    expect(stats.dropped.unread).toBe(4)
    addon.drops = 20
    expect(socket.kernelDrops).toEqual(exactly(9))
  })

  it('is done once; nothing is asked of the kernel afterwards, and no notice comes', async () => {
    const { addon, socket, texts: read } = open()
    let notices = 0
    socket.watch('write', () => notices++)
    socket.close()
    socket.close()
    expect(addon.take().filter((call) => call === 'close')).toHaveLength(1)
    socket.watch('read', () => notices++)
    socket.watch('write', () => notices++)
    expect(socket.send(parcels('a'))).toBe(0)
    expect(read(10)).toEqual([])
    await later()
    addon.notify(READABLE | WRITABLE, 1)
    expect([notices, addon.take(), addon.opened]).toEqual([0, [], 0])
  })
})
