import { linkSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type DatagramSocket,
  type DatagramTransport,
  noStats,
  type Parcel,
  type PeerStats,
  type UnixOpenOptions,
} from '@udpng/basic-peer'
import { producerFinished } from '@udpng/core'
import type { Address, UnixPath } from '@udpng/datagram'
import { PostboxPeer, SimplePeer, TargettedPeer, UDPReceiver, UDPSender } from '@udpng/peers'
import { eventually } from 'test-support'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readAll, sendAll } from '../rig/open-socket.js'
import { numbered, Rig, Subject } from '../rig/rig.js'

/** A directory that is removed after the test. */
export function ownDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'udpng-unix-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

/** Unix datagram sockets. A transport that has none has to refuse them by name. */
export function describeUnixSockets(transport: DatagramTransport): void {
  let names = 0
  /** An abstract address that no other socket has. */
  const ownName = (): UnixPath => `@udpng-${process.pid}-${++names}`
  const ownPath = (): UnixPath => join(ownDirectory(), 'x.sock') as UnixPath
  const is = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined

  function open(path: string, options: Partial<UnixOpenOptions> = {}): Opened {
    const stats = noStats()
    const failed: string[] = []
    const socket = transport.openUnix?.({
      path,
      receive: true,
      stats,
      onFailed: (_, { code = '' }) => failed.push(code),
      onSettled: () => {},
      ...options,
    }) as DatagramSocket
    onTestFinished(() => socket.close())
    return { socket, stats, failed }
  }
  const parcel = (host: string, data = 'x'): Parcel => ({ host, port: 0, data: Buffer.from(data) })

  describe(`Unix sockets: ${transport.name}`, () => {
    if (!transport.capabilities?.includes('unix')) {
      it('UNX-06 Unix sockets are refused by name where the transport has none', async () => {
        const path = ownPath()
        for (const peer of [
          new UDPReceiver({ transport, localAddr: path }),
          new UDPSender({ transport, receiverAddr: path }),
        ])
          await expect(peer.run()).rejects.toMatchObject({
            code: 'BIND_FAILED',
            message: expect.stringMatching(
              /^cannot bind .*: the transport .* cannot open Unix sockets: it has no capability "unix"; use the transport "native" \(@udpng\/native, on Linux\)$/,
            ),
            cause: { code: 'UNSUPPORTED' },
          })
        expect(is(path)).toBe(false)
      })
      return
    }

    it.each([
      ['a file', ownPath],
      ['an abstract address', ownName],
    ])('UNX-01 peers at %s exchange datagrams of any size, in order', async (_, own) => {
      const rig = new Rig(transport, 4)
      const [here, there] = [own(), own()]
      const one = await rig.start(new Subject(new PostboxPeer({ transport, localAddr: here })))
      const other = await rig.start(
        new Subject(new SimplePeer({ transport, localAddr: there, receiverAddr: here })),
      )
      expect([one.address, other.address]).toEqual([
        [here, 0],
        [there, 0],
      ])
      const texts = ['', ...numbered(300), 'x'.repeat(65_536)]
      for (const text of texts) other.inbox.deliver(text)
      const got = await one.received(texts.length)
      expect(got.map(([data]) => String(data))).toEqual(texts)
      expect(new Set(got.map(([, from]) => from.join()))).toEqual(new Set([`${there},0`]))
      one.inbox.deliver([there, 0, 'answer'])
      expect(await other.received(1)).toEqual([[Buffer.from('answer'), [here, 0]]])
    })

    it('UNX-01 a peer that receives has an address that the system chose; a UDPSender has none', async () => {
      const rig = new Rig(transport, 4)
      const server = await rig.start(
        new Subject(new PostboxPeer({ transport, localAddr: ownName() })),
      )
      const receiverAddr = server.address[0] as UnixPath
      const client = await rig.start(new Subject(new TargettedPeer({ transport, receiverAddr })))
      expect(client.address).toEqual([expect.stringMatching(/^@[0-9a-f]{5}$/), 0])
      client.inbox.deliver('question')
      const [[data, from] = []] = await server.received(1)
      server.inbox.deliver([...(from as Address), data])
      expect(await client.texts(1)).toEqual(['question'])

      const sender = new UDPSender({ transport, receiverAddr })
      sender.inbox.deliver('one way')
      rig.activate(sender)
      expect(await sender.bound).toEqual(['', 0])
      expect(await server.received(1)).toEqual([[Buffer.from('one way'), ['', 0]]])
      server.inbox.deliver(['', 0, 'back'])
      const [report] = await server.reported(1)
      expect(report?.message).toContain('a sender without an address cannot be answered')
    })

    it('UNX-01 a target may be a path, and with onlyFromReceiver only its datagrams are emitted', async () => {
      const rig = new Rig(transport, 4)
      const ends = [ownName(), ownName()].map((path) => open(path).socket)
      const peer = new TargettedPeer({ transport, localAddr: ownName(), onlyFromReceiver: true })
      const subject = await rig.start(new Subject(peer))
      for (const { address } of ends) {
        peer.target.deliver(address)
        peer.inbox.deliver('x')
      }
      for (const end of ends) expect(await readAll(end, 1)).toHaveLength(1)
      for (const end of ends) await sendAll(end, [parcel(subject.address[0], end.address[0])])
      const last = ends[1]?.address as Address
      expect(await subject.received(1)).toEqual([[Buffer.from(last[0]), last]])
      expect(peer.stats.dropped.foreign).toBe(1)
    })

    it('UNX-02 the file of a socket is removed at its end, unless another file has its name', async () => {
      const path = ownPath()
      const first = open(path)
      expect(lstatSync(path).isSocket()).toBe(true)
      first.socket.close()
      expect(is(path)).toBe(false)
      const second = open(path)
      rmSync(path)
      writeFileSync(path, 'of another program')
      second.socket.close()
      expect(is(path)).toBe(true)
    })

    it('UNX-02 a file that is there already is a failed bind that says what to do, and stays', async () => {
      const path = ownPath()
      writeFileSync(path, '')
      await expect(new UDPReceiver({ transport, localAddr: path }).run()).rejects.toMatchObject({
        code: 'BIND_FAILED',
        message: `cannot bind ${path}: there is such a socket already; if no program uses it, remove the file`,
        cause: { code: 'EADDRINUSE', syscall: 'bind' },
      })
      expect(is(path)).toBe(true)
      const missing = join(path, 'y.sock') as UnixPath
      await expect(new UDPReceiver({ transport, localAddr: missing }).run()).rejects.toMatchObject({
        message: `cannot bind ${missing}: there is no such directory`,
      })
    })

    it('UNX-03 while the queue of the receiver is full, datagrams wait: none is lost, and all are in order', async () => {
      const rig = new Rig(transport, 4)
      const receiver = open(ownName())
      const receiverAddr = receiver.socket.address[0] as UnixPath
      const sender = rig.activate(new UDPSender({ transport, receiverAddr }))
      await sender.bound
      const texts = numbered(3000)
      for (const text of texts) sender.inbox.deliver(text)
      // The queue holds net.unix.max_dgram_qlen and one more.
      await eventually(() => sender.stats.sent > 0)
      expect(sender.stats.sent).toBeLessThan(3000)
      sender.control.deliver(producerFinished())
      const got = await readAll(receiver.socket, 3000)
      expect(got.map(([data]) => String(data))).toEqual(texts)
      await eventually(() => sender.ended)
      expect(sender.stats).toMatchObject({ sent: 3000, failed: {} })
    })

    it('UNX-03 what still waits when the socket is closed is reported as cancelled', async () => {
      const receiver = open(ownName())
      const sender = open('', { receive: false })
      const run = numbered(2000).map((text) => parcel(receiver.socket.address[0], text))
      expect(sender.socket.send(run)).toBe(2000)
      expect(sender.socket.pending).toBeGreaterThan(0)
      sender.socket.close()
      const { sent } = sender.stats
      expect(sender.failed).toEqual(new Array(2000 - sent).fill('ECANCELED'))
      expect(sender.socket.pending).toBe(0)
    })

    it('UNX-04 a datagram that cannot be delivered is counted and reported, and no other', async () => {
      const rig = new Rig(transport, 4)
      const end = open(ownName())
      const subject = await rig.start(
        new Subject(new PostboxPeer({ transport, localAddr: ownName() })),
      )
      const [stale, missing] = [ownPath(), join(ownDirectory(), 'none') as UnixPath]
      const gone = open(stale)
      // A name of the same socket, which stays when it is closed.
      linkSync(stale, `${stale}2`)
      gone.socket.close()
      const bad: [unknown[], string, RegExp][] = [
        [[`${stale}2`, 0, 'x'], 'ECONNREFUSED', /: no program listens on that socket$/],
        [[missing, 0, 'x'], 'ENOENT', /: there is no such socket$/],
        [['127.0.0.1', 0, 'x'], 'BAD_ADDRESS', /must be a path, or @name$/],
        [['/x', 9, 'x'], 'BAD_ADDRESS', /the port of a Unix address is 0$/],
        [['/x', 0, 'x', '/y'], 'UNSUPPORTED', /a Unix socket cannot send from a chosen address$/],
        [[`/${'x'.repeat(107)}`, 0, 'x'], 'BAD_ADDRESS', /of at most 107 bytes/],
        [['@a\0b', 0, 'x'], 'BAD_ADDRESS', /must be a path, or @name$/],
        [[missing, 0, Buffer.alloc(65_537)], 'TOO_LARGE', /65537 bytes are more than 65536$/],
      ]
      for (const [letter] of bad) {
        subject.inbox.deliver(letter)
        subject.inbox.deliver([end.socket.address[0], 0, 'good'])
      }
      await readAll(end.socket, bad.length)
      const reports = (await subject.reported(bad.length)).map(({ message }) => message)
      for (const [, , message] of bad)
        expect(reports.find((report) => message.test(report))).toBeDefined()
      const failed: Record<string, number> = {}
      for (const [, reason] of bad) failed[reason] = (failed[reason] ?? 0) + 1
      expect(subject.peer.stats).toMatchObject({ sent: bad.length, failed })
    })

    it('UNX-04 a send that is refused takes no datagram from the receive queue', async () => {
      const [here, there] = [open(ownName()), open('', { receive: false })]
      const path = ownPath()
      const gone = open(path)
      linkSync(path, `${path}2`)
      gone.socket.close()
      const { address } = here.socket
      await sendAll(
        there.socket,
        numbered(3).map((text) => parcel(address[0], text)),
      )
      here.socket.send([parcel(`${path}2`)])
      expect(here.failed).toEqual(['ECONNREFUSED'])
      const got = await readAll(here.socket, 3)
      expect(got.map(([data]) => String(data))).toEqual(numbered(3))
      expect(here.stats.refused ?? 0).toBe(0)
    })

    it('UNX-05 an open Unix socket refuses what only IP sockets have', async () => {
      const rig = new Rig(transport, 4)
      const { peer } = await rig.start(
        new Subject(new UDPReceiver({ transport, localAddr: ownName() })),
      )
      const unsupported = expect.objectContaining({
        code: 'UNSUPPORTED',
        message: expect.stringContaining('a Unix socket cannot '),
      })
      expect(() => peer.join('239.1.2.3')).toThrow(unsupported)
      expect(() => peer.setOptions({ ttl: 3 })).toThrow(unsupported)
      expect(peer.capabilities).toContain('unix')
      expect(peer.capabilities).not.toContain('memberships')
    })
  })
}

interface Opened {
  readonly socket: DatagramSocket
  readonly stats: PeerStats
  readonly failed: readonly string[]
}
