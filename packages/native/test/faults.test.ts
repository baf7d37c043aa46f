import type { Parcel } from '@udpng/basic-peer'
import { noStats } from '@udpng/basic-peer'
import { numbered, Rig, udpReceiver, udpSender } from 'peer-conformance'
import { eventually } from 'test-support'
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
      `sendmmsg,any,2,3,${ERRNO.EMSGSIZE}`, // and refuses the third, when it is tried once more, too
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
  }, 60_000)

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
  }, 60_000)

  it.each(['EIO', 'EINVAL'] as const)(
    'NAT-07 a message to be cut that is refused with %s: its datagrams go out one by one, and no more are to be cut',
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
      socket.send(parcels('more', 'more'))
      await endpoint.received(302)
      expect(failed).toEqual([])
      socket.close()
    },
  )

  it('NAT-08 EMSGSIZE for a message to be cut: its datagrams go out one by one; the next one is cut again', async () => {
    const { endpoint, socket, stats, failed, parcels } = pair()
    // Cut again, it would be refused for good.
    strike(`sendmmsg,gso,1,2,${ERRNO.EMSGSIZE}`, `sendmmsg,gso,3,${ALWAYS},${ERRNO.ENETUNREACH}`)
    const texts = numbered(5)
    socket.send(parcels(...texts))
    await endpoint.received(5)
    expect(endpoint.texts).toEqual(texts)
    strike(`sendmmsg,gso,1,${ALWAYS},${ERRNO.ENETUNREACH}`)
    socket.send(parcels('b', 'b'))
    expect(failed.map(([, code]) => code)).toEqual(['ENETUNREACH', 'ENETUNREACH'])
    expect(stats.sent).toBe(5)
    socket.close()
  })

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
    expect(stats).toMatchObject({ receiveErrors: 1, dropped: { unread: 3 } })
  })

  it('NAT-13 a receive error is counted, and reading goes on', async () => {
    const rig = new Rig(transport(), 4)
    const receiver = await rig.begin(udpReceiver)
    strike(`recvmmsg,any,1,8,${ERRNO.ECONNREFUSED}`) // the endpoint reads, too
    await rig.endpoint().send(receiver.address, 'a', 'b')
    expect(await receiver.texts(2)).toEqual(['a', 'b'])
    expect(receiver.peer.stats.receiveErrors).toBeGreaterThan(0)
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
