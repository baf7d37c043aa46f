import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DatagramSocket, noStats, type Parcel } from '@udpng/basic-peer'
import type { UnixPath } from '@udpng/datagram'
import { PostboxPeer, UDPReceiver, UDPSender } from '@udpng/peers'
import { Rig, readAll, Subject } from '@udpng/transport-tests/tools'
import { has, Running } from 'test-support'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { loadAddon } from '../src/addon.js'
import { NativeTransport } from '../src/native-transport.js'
import { available } from './available.js'

const transport = available() as NativeTransport

function ownPath(): UnixPath {
  const directory = mkdtempSync(join(tmpdir(), 'udpng-unix-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return join(directory, 'x.sock') as UnixPath
}

function open(by: NativeTransport, path: string, receive = true): DatagramSocket {
  const onFailed = (_: Parcel, error: Error): void => {
    if (!error.message.includes('closed')) throw error
  }
  const socket = by.openUnix({ path, receive, stats: noStats(), onFailed, onSettled: () => {} })
  onTestFinished(() => socket.close())
  return socket
}

/** A receiver at a path of its own. */
async function receiver(): Promise<{ subject: Subject; path: UnixPath }> {
  const path = ownPath()
  const peer = new UDPReceiver({ transport, localAddr: path })
  return { subject: await new Rig(transport, 4).start(new Subject(peer)), path }
}

/** More than the receive queue of a Unix socket holds. */
function manyTo(host: string): Parcel[] {
  return Array.from({ length: 2000 }, () => ({ host, port: 0, data: Buffer.from('x') }))
}

describe.skipIf(!transport)('a Unix socket whose receiver does not read', () => {
  afterEach(() => void vi.useRealTimers())

  it('UNX-03 tries again after 1 ms, then after twice the time, up to 64 ms', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const addon = loadAddon()
    let sends = 0
    const send: typeof addon.send = (...args) => {
      sends++
      return addon.send(...args)
    }
    const counting = new NativeTransport({ ...addon, send })
    const path = ownPath()
    const [end, socket] = [open(counting, path), open(counting, '', false)]
    const run = manyTo(path)
    sends = 0
    expect(socket.send(run)).toBe(2000)
    const waits: number[] = []
    for (let ms = 0, last = 0, seen = sends; ms < 500; ms++) {
      vi.advanceTimersByTime(1)
      if (sends > seen) waits.push(ms + 1 - last)
      if (sends > seen) last = ms + 1
      seen = sends
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64, 64, 64, 64])
    // Once some are sent, it is 1 ms again.
    const { pending } = socket
    expect(end.read(5)).toHaveLength(5)
    for (let ms = 0; ms < 64 && socket.pending === pending; ms++) vi.advanceTimersByTime(1)
    expect(socket.pending).toBe(pending - 5)
    sends = 0
    vi.advanceTimersByTime(1)
    expect(sends).toBe(1)
    socket.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('UNX-03 keeps the process alive only if the peer does', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const path = ownPath()
    open(transport, path)
    const socket = open(transport, '', false)
    const run = manyTo(path)
    const unref = vi.spyOn(globalThis, 'setTimeout')
    socket.keepAlive?.(false)
    socket.send(run)
    const timer = unref.mock.results[0]?.value as NodeJS.Timeout
    expect(timer.hasRef()).toBe(false)
    socket.keepAlive?.(true)
    expect(timer.hasRef()).toBe(true)
  })
})

/** A program that answers a datagram on a Unix socket; prints who asked. */
const PYTHON = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1].replace('@', chr(0), 1))
print('bound', flush=True)
data, there = s.recvfrom(100000)
s.sendto(data, there)
print(there if isinstance(there, str) else '@' + there[1:].decode(), len(data))
`

describe.skipIf(!transport)('other programs on Unix sockets', () => {
  it.for([ownPath, () => `@udpng-python-${process.pid}` as UnixPath])(
    'UNX-01 python3 answers, from a file and from an abstract address',
    async (path, { skip }) => {
      if (!has('python3')) skip('python3 is not installed')
      const [here, there] = [path(), path === ownPath ? ownPath() : (`${path()}-2` as UnixPath)]
      using running = new Running('python3', ['-c', PYTHON, there])
      await running.says(/bound/)
      const peer = new PostboxPeer({ transport, localAddr: here })
      const subject = await new Rig(transport, 4).start(new Subject(peer))
      peer.inbox.deliver([there, 0, 'x'.repeat(50_000)])
      expect(await subject.received(1)).toEqual([[Buffer.from('x'.repeat(50_000)), [there, 0]]])
      expect((await running.end).stdout).toContain(`${here} 50000`)
    },
  )

  it('UNX-01 logger sends to a path', async ({ skip }) => {
    if (!has('logger')) skip('logger is not installed')
    const { subject, path } = await receiver()
    spawn('logger', ['--socket', path, '--tag', 'udpng', 'hello'])
    const [[data, from] = []] = await subject.received(1)
    expect(String(data)).toMatch(/^<13>.* udpng.*: hello$/)
    expect(from).toEqual(['', 0])
  })

  it('UNX-01 systemd-notify sends to NOTIFY_SOCKET, a path or an abstract address', async ({
    skip,
  }) => {
    if (!has('systemd-notify')) skip('systemd-notify is not installed')
    for (const path of [ownPath(), `@udpng-notify-${process.pid}` as const]) {
      const peer = new UDPReceiver({ transport, localAddr: path })
      const subject = await new Rig(transport, 4).start(new Subject(peer))
      const env = { ...process.env, NOTIFY_SOCKET: path }
      spawn('systemd-notify', ['--ready', '--status=up', '--no-block'], { env })
      const [text] = await subject.texts(1)
      expect(text).toContain('READY=1')
    }
  })

  it('UNX-01 socat receives from a UDPSender', async ({ skip }) => {
    if (spawnSync('socat', ['-V']).status !== 0) skip('socat is not installed')
    const path = ownPath()
    using running = new Running('socat', ['-u', '-d', '-d', `UNIX-RECV:${path}`, 'STDOUT'])
    await running.says(/starting data transfer loop/)
    const sender = new UDPSender({ transport, receiverAddr: path })
    new Rig(transport, 4).activate(sender)
    sender.inbox.deliver('hello socat')
    await running.says(/hello socat/)
  })
})

it.skipIf(!transport)('UNX-01 more datagrams than one read takes are read in order', async () => {
  const path = ownPath()
  const [end, socket] = [open(transport, path), open(transport, '', false)]
  const texts = Array.from({ length: 500 }, (_, i) => `${i}`)
  socket.send(texts.map((text): Parcel => ({ host: path, port: 0, data: Buffer.from(text) })))
  const got = await readAll(end, 500, 7)
  expect(got.map(([data]) => String(data))).toEqual(texts)
  expect(end.kernelDrops).toMatchObject({ atLeast: 0, atMost: 0 })
})
