import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import type { DatagramTransport } from '@udpng/basic-peer'
import type { Datagram, Family } from '@udpng/datagram'
import { eventually, liveHeap } from 'test-support'
import { describe, expect, it } from 'vitest'
import { type Opened, openSocket, readAll, sendAll } from '../rig/open-socket.js'
import { label, loopback } from '../rig/rig.js'

/** With this many small datagrams at once, native lets the kernel coalesce them; with fewer it reads them one by one. */
const RUN = 200
const SHORT_RUN = 50
const RECEIVE_BUFFER_BYTES = 4_194_304
/** V8 keeps up to 64 bytes in its own heap; 8192 is the size of the pool of `Buffer.from`. */
const SIZES = [0, 1, 20, 63, 64, 65, 100, 1200, 4096, 9000]

/** What the reader of a datagram holds: its bytes, their place in memory, nothing else. */
export function describeMemory(transport: DatagramTransport, family: Family): void {
  const host = loopback(family)
  const open = (): Opened =>
    openSocket(transport, { family, host, recvBufferSize: RECEIVE_BUFFER_BYTES })

  /** Sends a run of datagrams of one size, the last one shorter, and reads it. Each is filled with its number. */
  async function exchange(
    [sender, receiver]: readonly [Opened, Opened],
    size: number,
    count = RUN,
  ): Promise<Datagram[]> {
    const [, port] = receiver.address
    const run = Array.from({ length: count }, (_, i) => {
      const data = Buffer.alloc(i === count - 1 ? size >> 1 : size, i)
      return { data, host, port }
    })
    // No more at once than a receive buffer of 208 KiB takes, where the system gives no larger one.
    const step = Math.min(count, Math.floor(280_000 / (2 * size + 1000)))
    const got: Datagram[] = []
    for (let at = 0; at < count; at += step) {
      const part = run.slice(at, at + step)
      await sendAll(sender.socket, part)
      got.push(...(await readAll(receiver.socket, part.length, 256)))
    }
    return got
  }

  describe(`memory: ${label(transport, family)}`, () => {
    it('MEM-01 each datagram has an ArrayBuffer of its own, which holds its bytes and no others', async () => {
      const pair = [open(), open()] as const
      for (const run of [SHORT_RUN, RUN])
        for (const size of SIZES) {
          const got = await exchange(pair, size, run)
          for (const [i, [data]] of got.entries()) {
            expect(data.length).toBe(i === run - 1 ? size >> 1 : size)
            expect(data.every((byte) => byte === i)).toBe(true)
            expect([data.byteOffset, data.buffer.byteLength]).toEqual([0, data.length])
          }
          expect(new Set(got.map(([data]) => data.buffer)).size).toBe(run)
        }
    }, 180_000)

    it.each([20, 100, 1200, 9000])(
      'MEM-02 of datagrams of %d bytes, what is kept holds 4 times its size or 8 KiB at most, however few are kept',
      async (size) => {
        const pair = [open(), open()] as const
        const most = Math.max(4 * size, 8192)
        await exchange(pair, size, 1) // what the transport needs for itself
        liveHeap()
        const before = process.memoryUsage().arrayBuffers
        const kept: Buffer[] = []
        const keepSome = async (run: number): Promise<void> => {
          for (const [i, [data]] of (await exchange(pair, size, run)).entries())
            if (i % 100 === 0) kept.push(data)
        }
        for (let i = 0; i < 10; i++) await keepSome(SHORT_RUN)
        await exchange(pair, 20) // a flow
        for (let i = 0; i < 10; i++) await keepSome(RUN)
        const buffers = new Set(kept.map(({ buffer }) => buffer))
        const held = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0)
        expect(held).toBeLessThanOrEqual(kept.length * most)
        // And no memory that nothing shows any more: 64 KiB are for what else runs here.
        let grown = 0
        await eventually(
          () => {
            liveHeap()
            grown = process.memoryUsage().arrayBuffers - before
            return grown <= kept.length * most + 65_536
          },
          () =>
            `${kept.length} kept datagrams of ${size} bytes hold ${grown} bytes: that it is less`,
        )
        expect(kept).toHaveLength(30)
        expect(kept.every((data) => data.every((byte) => byte === data[0]))).toBe(true)
      },
      180_000,
    )

    it('MEM-03 cloning a datagram, transferring it or writing into it changes no other, read or not', async () => {
      const pair = [open(), open()] as const
      const [sender, receiver] = pair
      await exchange(pair, 20) // a flow
      for (const size of [20, 100, 1200]) {
        const texts = Array.from({ length: 70 }, (_, i) => `datagram ${i} `.padEnd(size, '.'))
        const [, port] = receiver.address
        await sendAll(
          sender.socket,
          texts.map((text) => ({ data: Buffer.from(text), host, port })),
        )
        const [[cloned], [posted], [transferred], [written], ...others] = (await readAll(
          receiver.socket,
          60,
          60,
        )) as [Datagram, Datagram, Datagram, Datagram, ...Datagram[]]

        const clone = structuredClone(cloned)
        expect(Buffer.from(clone).toString()).toBe(texts[0])
        expect(clone.buffer.byteLength).toBe(size)

        const { port1, port2 } = new MessageChannel()
        port1.postMessage(posted)
        const [message] = (await once(port2, 'message')) as [Uint8Array]
        port1.close()
        expect(Buffer.from(message).toString()).toBe(texts[1])
        expect(message.buffer.byteLength).toBe(size)

        const moved = structuredClone(transferred, {
          transfer: [transferred.buffer as ArrayBuffer],
        })
        expect(Buffer.from(moved).toString()).toBe(texts[2])
        expect(transferred.length).toBe(0)
        written.fill(0)

        const rest = await readAll(receiver.socket, 10)
        const unharmed = [cloned, posted, ...[...others, ...rest].map(([data]) => data)]
        expect(unharmed.map(String)).toEqual([texts[0], texts[1], ...texts.slice(4)])
      }
    })

    it('MEM-04 a sent payload is copied: overwriting it changes nothing that arrives, and vice versa', async () => {
      const [sender, receiver] = [open(), open()]
      const [, port] = receiver.address
      const payload = Buffer.from('as it was sent')
      await sendAll(sender.socket, [{ data: payload, host, port }])
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      payload.fill('x')
      const [[data] = []] = await readAll(receiver.socket, 1)
      expect(String(data)).toBe('as it was sent')
      data?.fill('y')
      expect(String(payload)).toBe('x'.repeat(14))
    })
  })
}
