import {
  type DatagramSocket,
  dgramTransport,
  exactly,
  noStats,
  type OpenOptions,
} from '@udpng/basic-peer'
import type { Datagram, Family } from '@udpng/datagram'
import { turn } from 'test-support'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'

/** Whether this system has the tables in /proc/net, how often they were read, and what is made of them. */
const proc = vi.hoisted(() => ({ there: true, reads: 0, text: (table: string) => table }))

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  return {
    ...fs,
    readFileSync: (...args: Parameters<typeof fs.readFileSync>) => {
      if (!String(args[0]).startsWith('/proc/net/udp')) return fs.readFileSync(...args)
      proc.reads++
      if (!proc.there) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      return proc.text(String(fs.readFileSync(...args)))
    },
  }
})

afterEach(() => {
  proc.there = true
  proc.text = (table) => table
})

/** The drops of a socket, which are exact here. */
function dropsOf({ kernelDrops }: DatagramSocket): number {
  expect(kernelDrops).toEqual(exactly(kernelDrops?.about ?? Number.NaN))
  return kernelDrops?.about ?? Number.NaN
}

const SMALL = { recvBufferSize: 4096 }
const FLOOD = 200

function open(options: Partial<OpenOptions> = {}): DatagramSocket {
  const socket = dgramTransport.open({
    family: 4,
    host: '127.0.0.1',
    port: 0,
    receive: true,
    stats: noStats(),
    onFailed: () => {},
    onSettled: () => {},
    ...options,
  })
  onTestFinished(() => socket.close())
  return socket
}

/** Sends so much in one go that most of it is dropped: this thread cannot read meanwhile. */
function flood([host, port]: DatagramSocket['address']): void {
  const data = Buffer.alloc(1000)
  const sender = open({ host, family: host.includes(':') ? 6 : 4 })
  expect(sender.send(Array.from({ length: FLOOD }, () => ({ data, host, port })))).toBe(FLOOD)
}

/** Reads until nothing more comes. */
async function drain(socket: DatagramSocket): Promise<readonly Datagram[]> {
  const all: Datagram[] = []
  for (let quiet = 0; quiet < 20; quiet++) {
    const batch = socket.read(Infinity)
    if (batch.length > 0) quiet = 0
    all.push(...batch)
    await turn()
  }
  return all
}

describe('kernelDrops', () => {
  it.each<[Family, string]>([
    [4, '127.0.0.1'],
    [4, '127.1.2.3'],
    [4, '0.0.0.0'],
    [6, '::1'],
    [6, '::'],
    [6, '::ffff:127.0.0.1'],
  ])('STA-04 received + dropped = sent, exactly, on IPv%i bound to %s', async (family, host) => {
    const socket = open({ family, host, ...SMALL })
    const [, port] = socket.address
    expect(dropsOf(socket)).toBe(0)
    const to = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
    flood([to === '::ffff:127.0.0.1' ? '127.0.0.1' : to, port])
    const received = await drain(socket)
    expect(received.length).toBeGreaterThan(0)
    expect(dropsOf(socket)).toBeGreaterThan(0)
    expect(received.length + dropsOf(socket)).toBe(FLOOD)
  })

  it('STA-04 they are those of this socket alone, even if the address is shared', async () => {
    const shared = { reuseAddr: true, ...SMALL }
    const first = open(shared)
    const [, port] = first.address
    const second = open({ ...shared, port })
    flood(second.address)
    const received = [await drain(first), await drain(second)].map((all) => all.length)
    const drops = [dropsOf(first), dropsOf(second)]
    expect((received[0] ?? NaN) + (drops[0] ?? NaN)).toBe(received[0] ? FLOOD : 0)
    expect((received[1] ?? NaN) + (drops[1] ?? NaN)).toBe(received[1] ? FLOOD : 0)
    expect(Math.max(...drops)).toBeGreaterThan(0)
  })

  it('STA-04 the last drop before close is counted, be it that nothing was ever read, and none after', () => {
    const socket = open(SMALL)
    const [, port] = socket.address
    flood(socket.address)
    const before = dropsOf(socket)
    flood(socket.address)
    socket.close()
    const drops = dropsOf(socket)
    expect(drops).toBe(before + FLOOD)
    const heir = open({ port, ...SMALL })
    flood(heir.address)
    expect(dropsOf(heir)).toBeGreaterThan(0)
    expect(dropsOf(heir)).toBeLessThan(FLOOD)
    expect(dropsOf(socket)).toBe(drops)
  })

  it('STA-05 they are counted beyond 2^32, where the counter of the kernel begins from 0 again', async () => {
    const socket = open(SMALL)
    proc.text = (table) =>
      table.replace(/ (\d+) *$/gm, (_, count) => ` ${(Number(count) + 2 ** 32 - 5) % 2 ** 32}`)
    expect(dropsOf(socket)).toBe(2 ** 32 - 5)
    flood(socket.address)
    const received = await drain(socket)
    expect(received.length + dropsOf(socket)).toBe(2 ** 32 - 5 + FLOOD)
    socket.close()
    expect(received.length + dropsOf(socket)).toBe(2 ** 32 - 5 + FLOOD)
  })

  it('STA-04 a socket that is closed without a drop has none', () => {
    const socket = open()
    socket.close()
    expect(dropsOf(socket)).toBe(0)
  })

  it('STA-04 where the system does not report them, they are undefined, not 0', () => {
    proc.there = false
    const socket = open(SMALL)
    flood(socket.address)
    expect(socket.kernelDrops).toBeUndefined()
    socket.close()
    expect(socket.kernelDrops).toBeUndefined()
  })

  it('TRN-10 one read serves all sockets that are looked at in one turn; a second look, a later turn and the close of a socket that was looked at read again', async () => {
    const sockets = Array.from({ length: 20 }, () => open())
    await turn()
    const look = (): void => {
      for (const socket of sockets) expect(dropsOf(socket)).toBe(0)
    }
    const reads = (act: () => void): number => {
      const before = proc.reads
      act()
      return proc.reads - before
    }
    expect(reads(look)).toBe(1)
    expect(reads(look)).toBe(1)
    await turn()
    expect(reads(look)).toBe(1)
    const [first, ...others] = sockets as [DatagramSocket, ...DatagramSocket[]]
    expect(reads(() => void first.kernelDrops)).toBe(1)
    expect(reads(() => first.close())).toBe(1)
    expect(reads(() => void first.kernelDrops)).toBe(0)
    expect(reads(() => others.forEach((socket) => void socket.kernelDrops))).toBe(0)
  })

  it('TRN-11 one read serves all sockets that are closed in one turn, but a socket that was answered from it reads again', async () => {
    const sockets = Array.from({ length: 20 }, () => open(SMALL))
    const [last] = sockets.slice(-1) as [DatagramSocket]
    await turn()
    flood(last.address)
    const before = proc.reads
    for (const socket of sockets) socket.close()
    expect(proc.reads - before).toBe(1)
    expect(dropsOf(last)).toBeGreaterThan(0)
    const [seen, unseen] = [open(SMALL), open(SMALL)]
    await turn()
    expect(dropsOf(seen)).toBe(0)
    flood(seen.address)
    const then = proc.reads
    unseen.close()
    expect(proc.reads - then).toBe(0)
    seen.close()
    expect(proc.reads - then).toBe(1)
    expect(dropsOf(seen)).toBeGreaterThan(0)
  })

  it('TRN-10 a read of an earlier turn serves no socket, not even one that it has not served yet', async () => {
    const [first, second] = [open(SMALL), open(SMALL)]
    expect(dropsOf(first)).toBe(0)
    flood(second.address)
    await turn()
    expect(dropsOf(second)).toBeGreaterThan(0)
  })

  it('TRN-10 what was read before a socket was bound does not answer for it', () => {
    expect(dropsOf(open())).toBe(0)
    expect(dropsOf(open())).toBe(0)
  })

  it('TRN-10 what is dropped between the look at one socket and the next look at it is seen in the same turn', () => {
    const socket = open(SMALL)
    expect(dropsOf(socket)).toBe(0)
    flood(socket.address)
    expect(dropsOf(socket)).toBeGreaterThan(0)
  })

  it('TRN-10 drops are counted on when the number of the kernel begins again at 2^32', async () => {
    const socket = open()
    const [, port] = socket.address
    const at = (drops: number): number => {
      proc.text = (table) =>
        table
          .split('\n')
          .map((line) =>
            line.includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000`)
              ? line.replace(/\d+ *$/, `${drops}`)
              : line,
          )
          .join('\n')
      return dropsOf(socket)
    }
    expect(at(2 ** 32 - 5)).toBe(2 ** 32 - 5)
    expect(at(7)).toBe(2 ** 32 + 7)
    expect(at(7)).toBe(2 ** 32 + 7)
  })
})
