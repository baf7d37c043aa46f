import { exactly, noStats, type Parcel } from '@udpng/basic-peer'
import {
  numbered,
  openSocket,
  Rig,
  readAll,
  udpReceiver,
  udpSender,
} from '@udpng/transport-tests/tools'
import { eventually, openSockets } from 'test-support'
import { describe, expect, it, onTestFinished } from 'vitest'
import { NativeTransport } from '../src/native-transport.js'
import { ERRNO, type FaultyAddon, faultyAddon, strike } from './faults/faulty.js'

const addon = faultyAddon()
const ALWAYS = 1_000_000_000

describe.skipIf(!addon)('when the kernel refuses', () => {
  const transport = (): NativeTransport => new NativeTransport(addon)

  /** A socket that sends to another one, which notes what it gets. */
  function pair() {
    const failed: [text: string, code: string | undefined][] = []
    const rig = new Rig(transport(), 4)
    const endpoint = rig.endpoint({ recvBufferSize: 4 << 20 })
    const [host, port] = endpoint.address
    const stats = noStats()
    const socket = rig.bare.open({
      family: 4,
      host,
      port: 0,
      receive: true,
      stats,
      onFailed: ({ data }, { code }) => failed.push([String(data), code]),
      onSettled: () => {},
    })
    const parcels = (...texts: string[]): Parcel[] =>
      texts.map((text) => ({ data: Buffer.from(text), host, port }))
    return { rig, endpoint, socket, stats, failed, parcels }
  }

  it('NAT-03 of five datagrams of which the third is refused, four go out once, in order', async () => {
    const { endpoint, socket, stats, failed, parcels } = pair()
    const run = parcels('a', 'bb', 'ccc', 'dddd', 'eeeee')
    strike(
      `sendmmsg,any,1,1,-2`, // takes two
      `sendmmsg,any,2,5,${ERRNO.EMSGSIZE}`, // and refuses the third, when it is tried thrice more, too
    )
    expect(socket.send(run)).toBe(5)
    await endpoint.received(4)
    expect(endpoint.texts).toEqual(['a', 'bb', 'dddd', 'eeeee'])
    expect(failed).toEqual([['ccc', 'EMSGSIZE']])
    expect(stats.sent).toBe(4)
    socket.close()
  })

  it('NAT-04 EINTR is tried again, and EAGAIN in the middle goes on where it stopped', async () => {
    const { endpoint, socket, stats, failed, parcels } = pair()
    const texts = Array.from({ length: 1000 }, (_, i) => 'x'.repeat(i % 7) + i)
    strike(
      `sendmmsg,any,1,3,${ERRNO.EINTR}`,
      'sendmmsg,any,4,4,-123',
      `sendmmsg,any,5,5,${ERRNO.EAGAIN}`,
      `sendmmsg,any,6,6,${ERRNO.EINTR}`,
      'sendmmsg,any,7,7,-1',
      `sendmmsg,any,8,8,${ERRNO.EAGAIN}`,
      `recvmmsg,any,1,5,${ERRNO.EINTR}`,
    )
    expect(socket.send(parcels(...texts))).toBe(1000)
    expect(socket.pending).toBeGreaterThan(0)
    expect(socket.send(parcels('not now'))).toBe(0)
    await endpoint.received(1000)
    expect(endpoint.texts).toEqual(texts)
    expect([stats.sent, failed, socket.pending]).toEqual([1000, [], 0])
    socket.close()
  })

  it('NAT-04 1e5 datagrams, every other call interrupted: none is lost or doubled', async () => {
    const rig = new Rig(transport(), 4)
    const receiver = await rig.begin(udpReceiver, undefined, { recvBufferSize: 4 << 20 })
    const sender = await rig.begin(udpSender, receiver.address)
    for (let i = 0; i < 100; i++) {
      strike(
        `sendmmsg,any,${1 + (i % 3)},${1 + (i % 3)},${ERRNO.EINTR}`,
        `sendmmsg,any,${2 + (i % 3)},${2 + (i % 3)},${ERRNO.EAGAIN}`,
        `recvmmsg,any,${1 + (i % 2)},${1 + (i % 2)},${ERRNO.EINTR}`,
      )
      sender.put(...numbered(1000, `${i} `))
      const texts = await receiver.texts(1000)
      expect(texts).toEqual(numbered(1000, `${i} `))
    }
    expect(sender.peer.stats).toMatchObject({ sent: 100_000, failed: {} })
  })

  it('NAT-04 1e5 datagrams under a signal every 100 microseconds: none is lost or doubled', async () => {
    const rig = new Rig(transport(), 4)
    const receiver = await rig.begin(udpReceiver, undefined, { recvBufferSize: 4 << 20 })
    const sender = await rig.begin(udpSender, receiver.address)
    const interrupt = (microseconds: number): number =>
      (addon as FaultyAddon).interrupt(microseconds)
    onTestFinished(() => void interrupt(0))
    const before = interrupt(100)
    for (let i = 0; i < 100; i++) {
      sender.put(...numbered(1000, `${i} `))
      expect(await receiver.texts(1000)).toEqual(numbered(1000, `${i} `))
    }
    expect(interrupt(0) - before).toBeGreaterThan(100)
    expect(sender.peer.stats).toMatchObject({ sent: 100_000, failed: {} })
    expect(receiver.peer.stats).toMatchObject({ received: 100_000, receiveErrors: 0 })
  })

  it.each(['EIO', 'EINVAL'] as const)(
    'NAT-07 a message to be cut that is refused with %s: its datagrams go out one by one, and none as long is to be cut',
    async (code) => {
      const { endpoint, socket, stats, failed, parcels } = pair()
      strike(`sendmmsg,gso,1,${ALWAYS},${ERRNO[code]}`)
      const texts = numbered(300, 'datagram ')
      socket.send(parcels(...texts))
      await endpoint.received(300)
      expect(endpoint.texts).toEqual(texts)
      expect([stats.sent, failed]).toEqual([300, []])
      // It would be refused no more, but is not tried.
      strike(`sendmmsg,gso,1,${ALWAYS},${ERRNO.ENETUNREACH}`)
      socket.send(parcels('a longer one', 'a longer one'))
      await endpoint.received(302)
      expect(failed).toEqual([])
      socket.close()
    },
  )

  it('NAT-08 EMSGSIZE for a message to be cut: its datagrams go out one by one; shorter ones are cut', async () => {
    const { endpoint, socket, stats, failed, parcels } = pair()
    strike(`sendmmsg,gso,1,${ALWAYS},${ERRNO.EMSGSIZE}`)
    const texts = ['long 1', 'long 2', 'long 3']
    socket.send(parcels(...texts))
    await endpoint.received(3)
    expect(endpoint.texts).toEqual(texts)
    strike(`sendmmsg,gso,1,${ALWAYS},${ERRNO.EPERM}`)
    socket.send(parcels('short', 'short', 'long 4', 'long 5'))
    await endpoint.received(5)
    expect(failed).toEqual([
      ['short', 'EPERM'],
      ['short', 'EPERM'],
    ])
    expect(stats.sent).toBe(5)
    socket.close()
  })

  it.each(['EIO', 'EINVAL'] as const)(
    'NAT-24 after one %s, 4096 datagrams go out one by one, and then they are cut again',
    async (code) => {
      const { endpoint, socket, failed, parcels } = pair()
      strike(`sendmmsg,gso,1,1,${ERRNO[code]}`)
      socket.send(parcels('one', 'two'))
      await endpoint.received(2)
      strike(`sendmmsg,gso,1,${ALWAYS},${ERRNO.EPERM}`)
      const texts = new Array<string>(100).fill('ten')
      for (let sent = 2; sent < 4096; sent += 100) {
        socket.send(parcels(...texts.slice(0, 4096 - sent)))
        await endpoint.received(Math.min(sent + 100, 4096))
      }
      expect(failed).toEqual([])
      socket.send(parcels('cut', 'cut'))
      expect(failed.map(([text]) => text)).toEqual(['cut', 'cut'])
      socket.close()
    },
  )

  it('NAT-24 a destination that takes no datagram, cut or not, stops no other message from being cut', async () => {
    const { endpoint, socket, failed, parcels } = pair()
    strike(`sendmmsg,any,1,3,${ERRNO.EINVAL}`) // a message of two, and then each of them
    socket.send(parcels('one', 'two'))
    expect(failed).toEqual([
      ['one', 'EINVAL'],
      ['two', 'EINVAL'],
    ])
    strike(`sendmmsg,gso,1,${ALWAYS},${ERRNO.EPERM}`)
    socket.send(parcels('cut', 'cut', 'longer'))
    await endpoint.received(1)
    expect(failed.slice(2).map(([text]) => text)).toEqual(['cut', 'cut'])
    socket.close()
  })

  it('NAT-23 a kernel that refuses UDP_GRO in the middle of a read: all that was read is given', async () => {
    const { rig, socket, parcels } = pair()
    const reader = openSocket(transport(), { recvBufferSize: 4 << 20 })
    const [host, port] = reader.address
    strike(`setsockopt104,any,1,${ALWAYS},${ERRNO.ENOMEM}`)
    for (let round = 0; round < 10; round++) {
      socket.send(parcels(...numbered(200)).map(({ data }) => ({ data, host, port })))
      expect((await readAll(reader.socket, 200, 256)).map(([data]) => String(data))).toEqual(
        numbered(200),
      )
    }
    expect(reader.stats.receiveErrors).toBe(0)
    expect(rig).toBeDefined()
    socket.close()
  })

  it('NAT-23 an error in the middle of a read, whatever it is, loses nothing that was read before', async () => {
    const real = addon as FaultyAddon
    let reads = 0
    const breaking = new NativeTransport({
      ...real,
      receive: (...args) => {
        if (++reads % 3 === 0) throw new Error('out of memory')
        return real.receive(...args)
      },
    })
    const reader = openSocket(breaking, { recvBufferSize: 4 << 20 })
    const { socket, parcels } = pair()
    const [host, port] = reader.address
    socket.send(parcels(...numbered(1000)).map(({ data }) => ({ data, host, port })))
    const texts = (await readAll(reader.socket, 1000, 1000)).map(([data]) => String(data))
    expect(texts).toEqual(numbered(1000))
    expect(reader.stats.receiveErrors).toBeGreaterThan(0)
    socket.send(parcels(...numbered(100)).map(({ data }) => ({ data, host, port })))
    reads = 0
    reader.socket.close()
    expect(reader.stats.dropped.unread).toBeGreaterThan(0)
    expect(openSockets()).toBeLessThan(1000)
    socket.close()
  })

  it('STA-05 kernel drops are counted beyond 2^32, where the counter of the kernel begins from 0 again', async () => {
    const reader = openSocket(transport(), { recvBufferSize: 4096 })
    const { socket, parcels } = pair()
    const [host, port] = reader.address
    strike(`meminfo,any,1,${ALWAYS},-5`)
    expect(reader.socket.kernelDrops).toEqual(exactly(2 ** 32 - 5))
    const payloads = numbered(200, 'x'.repeat(500))
    socket.send(parcels(...payloads).map(({ data }) => ({ data, host, port })))
    const sum = 2 ** 32 - 5 + 200
    const drops = reader.socket.kernelDrops?.atLeast ?? Number.NaN
    expect(drops).toBeGreaterThan(2 ** 32)
    const { length } = await readAll(reader.socket, sum - drops)
    expect(reader.socket.kernelDrops).toEqual(exactly(sum - length))
    socket.close()
  })

  it.each([
    ['ECONNREFUSED', 200],
    ['EPROTO', 200],
    ['EHOSTUNREACH', 3],
    ['EMSGSIZE', 3],
  ] as const)(
    'NAT-25 %s, which the network may have reported of another datagram, %i times in a row: the datagram is sent',
    async (code, times) => {
      const { endpoint, socket, stats, failed, parcels } = pair()
      strike(`sendmmsg,any,1,${times},${ERRNO[code]}`)
      socket.send(parcels('still sent'))
      await endpoint.received(1)
      expect([stats.sent, failed]).toEqual([1, []])
      socket.close()
    },
  )

  it.each([
    ['ECONNREFUSED', 257],
    ['EHOSTUNREACH', 4],
    ['EPERM', 1],
    ['EINVAL', 1],
  ] as const)(
    'NAT-25 %s, without end: the datagram fails after %i tries, and the next one is sent',
    async (code, times) => {
      const { endpoint, socket, stats, failed, parcels } = pair()
      strike(`sendmmsg,any,1,${times},${ERRNO[code]}`)
      socket.send(parcels('lost', 'then sent'))
      await endpoint.received(1)
      expect(endpoint.texts).toEqual(['then sent'])
      expect([stats.sent, failed]).toEqual([1, [['lost', code]]])
      socket.close()
    },
  )

  it('NAT-13 an error of an earlier datagram is met once: the one that meets it is sent', async () => {
    const { endpoint, socket, stats, failed, parcels } = pair()
    strike(`sendmmsg,any,1,1,${ERRNO.ECONNREFUSED}`)
    socket.send(parcels('still sent'))
    await endpoint.received(1)
    expect([stats.sent, failed]).toEqual([1, []])
    socket.close()
  })

  it('NAT-13 dead port and live peer in turn: the live one gets every datagram', async () => {
    const { rig, endpoint, socket, failed, parcels } = pair()
    const [host, port] = rig.deadAddress()
    const texts = numbered(500)
    for (const parcel of parcels(...texts)) {
      socket.send([{ host, port, data: parcel.data }])
      socket.send([parcel])
    }
    await endpoint.received(500)
    expect(endpoint.texts).toEqual(texts)
    expect(failed).toEqual([])
    socket.close()
  })

  it('NAT-14 ENOBUFS is a datagram that was not sent, and is not tried again', async () => {
    const { endpoint, socket, stats, failed, parcels } = pair()
    strike(`sendmmsg,any,1,1,${ERRNO.ENOBUFS}`)
    socket.send(parcels('lost', 'then sent'))
    await endpoint.received(1)
    expect(endpoint.texts).toEqual(['then sent'])
    expect([stats.sent, failed]).toEqual([1, [['lost', 'ENOBUFS']]])
    socket.close()
  })

  it('NAT-13 an error that waits keeps no datagram from being counted at the close', async () => {
    const { endpoint, socket, stats } = pair()
    await endpoint.send(socket.address, 'a', 'b', 'c')
    strike(`recvmmsg,any,1,1,${ERRNO.ECONNREFUSED}`)
    socket.close()
    expect(stats).toMatchObject({ refused: 1, receiveErrors: 0, dropped: { unread: 3 } })
  })

  it('NAT-13 a receive error is counted, and reading goes on', async () => {
    const rig = new Rig(transport(), 4)
    const receiver = await rig.begin(udpReceiver)
    strike(`recvmmsg,any,1,8,${ERRNO.ECONNREFUSED}`) // the endpoint reads, too
    await rig.endpoint().send(receiver.address, 'a', 'b')
    expect(await receiver.texts(2)).toEqual(['a', 'b'])
    expect(receiver.peer.stats.refused).toBeGreaterThan(0)
    expect(receiver.peer.stats.receiveErrors).toBe(0)
  })

  it('NAT-16 a kernel without UDP_SEGMENT and UDP_GRO is served by sendmmsg and recvmmsg', async () => {
    strike(
      `setsockopt103,any,1,${ALWAYS},${ERRNO.ENOPROTOOPT}`,
      `setsockopt104,any,1,${ALWAYS},${ERRNO.ENOPROTOOPT}`,
      `sendmmsg,gso,1,${ALWAYS},${ERRNO.ENETUNREACH}`,
    )
    const plain = transport()
    expect([plain.segmentation, plain.coalescing]).toEqual([false, false])
    const rig = new Rig(plain, 4)
    const receiver = await rig.begin(udpReceiver, undefined, { recvBufferSize: 4 << 20 })
    const sender = await rig.begin(udpSender, receiver.address)
    sender.put(...numbered(1000))
    expect(await receiver.texts(1000)).toEqual(numbered(1000))
    expect(sender.peer.stats.failed).toEqual({})
  })

  it.each([
    ['sendmmsg', 'ENOSYS'],
    ['sendmmsg', 'EPERM'],
    ['recvmmsg', 'ENOSYS'],
    ['recvmmsg', 'EPERM'],
    ['socket', 'EPERM'],
  ] as const)('NAT-02 a kernel that refuses %s with %s has no native transport', (call, code) => {
    strike(`${call},any,1,${ALWAYS},${ERRNO[code]}`)
    expect(transport).toThrow(expect.objectContaining({ code, syscall: call }))
  })

  it('BND-03 a socket that cannot be had is a failed bind', async () => {
    const rig = new Rig(transport(), 4)
    strike(`socket,any,1,${ALWAYS},${ERRNO.ENOMEM}`)
    const { peer } = rig.make(udpReceiver)
    rig.activate(peer)
    await expect(peer.bound).rejects.toMatchObject({
      code: 'BIND_FAILED',
      cause: { code: 'ENOMEM' },
    })
    await eventually(() => peer.ended)
  })
})
