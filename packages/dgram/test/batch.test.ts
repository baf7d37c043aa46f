import { AsyncLocalStorage } from 'node:async_hooks'
import { constants } from 'node:os'
import { noStats, type Parcel } from '@udpng/basic-peer'
import type { AttachedSocket, AttachOptions, NativeTransport } from '@udpng/native'
import { turn } from 'test-support'
import { describe, expect, it, type MockInstance, onTestFinished, vi } from 'vitest'
import { Batch } from '../src/batch.js'
import type { Handle } from '../src/handle.js'
import { fakeHandle } from './fake-handle.js'

const { ECONNREFUSED } = constants.errno

/** A transport that sends as many datagrams as there is room for, and then would block. */
class Slow {
  readonly stats = noStats()
  readonly sent: string[] = []
  readonly sends: number[] = []
  room = Infinity
  isOpen = true
  keepsAlive = true
  options: AttachOptions | undefined

  /** Who reads: changes, in order. */
  readonly readers: string[] = []
  readonly given: number[] = []
  readonly handle: Handle = fakeHandle({
    onmessage: (bytes) => this.given.push(bytes),
    recvStop: () => this.readers.push('not libuv'),
  })

  readonly batch: Batch

  constructor() {
    const attach = (options: AttachOptions): Partial<AttachedSocket> => {
      this.options = options
      return {
        kernelDrops: undefined,
        receive: () => {
          this.readers.push('native')
        },
        takeRefusals: (met: number) => (met === ECONNREFUSED ? 1 : 0),
        send: (run: readonly Parcel[]) => {
          this.sends.push(run.length)
          const taken = run.slice(0, this.room)
          this.room -= taken.length
          this.sent.push(...taken.map(({ data }) => String(Buffer.from(data))))
          return run.slice(taken.length)
        },
        keepAlive: (keeps: boolean) => {
          this.keepsAlive = keeps
        },
        close: () => {
          this.isOpen = false
        },
      }
    }
    this.batch = new Batch(
      { attach } as unknown as NativeTransport,
      this.handle,
      4,
      this.stats,
      () => {},
    )
  }

  send(text: string, callback?: (error: Error | null, bytes?: number) => void): void {
    this.batch.send(Buffer.from(text), '127.0.0.1', 9, callback)
  }

  /** The socket accepts more. */
  accept(room: number): void {
    this.room = room
    this.options?.onWritable()
  }
}

/** The time stands still until the test moves it. */
function clockAt(ms: number): MockInstance<() => number> {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(ms)
  onTestFinished(() => {
    clock.mockRestore()
  })
  return clock
}

describe('DGR-11 a full send buffer', () => {
  it('datagrams of one turn are one run', async () => {
    const slow = new Slow()
    for (const text of ['a', 'b', 'c']) slow.send(text)
    expect(slow.sends).toEqual([])
    await turn()
    expect([slow.sends, slow.sent]).toEqual([[3], ['a', 'b', 'c']])
  })

  it('a burst of more than 192 is paced, in order: 200 per millisecond', async () => {
    const clock = clockAt(0)
    const slow = new Slow()
    const outcomes: number[] = []
    for (let i = 0; i < 300; i++) slow.send(String(i), () => outcomes.push(i))
    await turn()
    expect(slow.sends).toEqual([32, 32, 32, 32, 32, 32])
    await turn()
    expect(slow.sends.length).toBe(6)
    clock.mockReturnValue(0.32)
    await turn()
    expect(slow.sends.slice(6)).toEqual([32, 32])
    clock.mockReturnValue(2)
    await turn()
    expect(slow.sends.slice(8)).toEqual([32, 12])
    await turn()
    const all = Array.from({ length: 300 }, (_, i) => i)
    expect([slow.sent, outcomes]).toEqual([all.map(String), all])
  })

  it('a flood is sent in runs of 1024', async () => {
    const clock = clockAt(0)
    const slow = new Slow()
    for (let at = 1; slow.sent.length < 8000; at++) {
      clock.mockReturnValue(at)
      for (let i = 0; i < 192; i++) slow.send('x')
      await turn()
    }
    slow.sends.length = 0
    for (let i = 0; i < 2500; i++) slow.send('x')
    while (slow.handle.getSendQueueCount() > 0) await turn()
    expect(slow.sends).toEqual([1024, 1024, 452])
  })

  it('a flood that was blocked for long goes on', async () => {
    const clock = clockAt(0)
    const slow = new Slow()
    for (let at = 1; slow.sent.length < 8000; at++) {
      clock.mockReturnValue(at)
      for (let i = 0; i < 192; i++) slow.send('x')
      await turn()
    }
    slow.room = 10
    for (let i = 0; i < 1024; i++) slow.send('y')
    await turn()
    clock.mockReturnValue(10_000)
    slow.accept(Infinity)
    for (let at = 0; at < 10; at++) {
      clock.mockReturnValue(10_000 + at)
      await turn()
    }
    expect(slow.sent.filter((text) => text === 'y').length).toBe(1024)
  })

  it('the close sends all that is queued', async () => {
    clockAt(0)
    const slow = new Slow()
    for (let i = 0; i < 300; i++) slow.send('x')
    await turn()
    expect(slow.sent.length).toBe(192)
    slow.handle.close()
    expect(slow.sent.length).toBe(300)
  })

  it('what is left is sent later, in order, and called back then, in the context of its send', async () => {
    const slow = new Slow()
    const storage = new AsyncLocalStorage<string>()
    const outcomes: unknown[] = []
    slow.room = 1
    for (const text of ['a', 'bb', 'ccc'])
      storage.run(text, () =>
        slow.send(text, (error, bytes) => outcomes.push([storage.getStore(), error ?? bytes])),
      )
    await turn()
    expect([slow.sent, outcomes]).toEqual([['a'], [['a', 1]]])
    slow.send('dddd')
    await turn()
    expect([slow.handle.getSendQueueCount(), slow.handle.getSendQueueSize()]).toEqual([3, 9])
    expect(slow.sends).toEqual([3]) // it does not try before the socket is writable
    slow.accept(2)
    await turn()
    slow.accept(2)
    await turn()
    expect(slow.sent).toEqual(['a', 'bb', 'ccc', 'dddd'])
    expect(outcomes).toEqual([
      ['a', 1],
      ['bb', 2],
      ['ccc', 3],
    ])
    expect(slow.handle.getSendQueueCount()).toBe(0)
  })

  it('a callback that sends is not called inside of a send', async () => {
    const slow = new Slow()
    const order: string[] = []
    slow.send('a', () => {
      slow.send('b', () => order.push('b'))
      order.push('a')
    })
    order.push('sent')
    await turn()
    expect([order, slow.sent]).toEqual([
      ['sent', 'a', 'b'],
      ['a', 'b'],
    ])
  })

  it('what does not fit before the close is counted, and fails with ECANCELED', async () => {
    const slow = new Slow()
    const outcomes: unknown[] = []
    slow.room = 1
    for (const text of ['a', 'b', 'c'])
      slow.send(text, (error, bytes) =>
        outcomes.push((error as NodeJS.ErrnoException)?.code ?? bytes),
      )
    slow.handle.close()
    await turn()
    expect(outcomes).toEqual([1, 'ECANCELED', 'ECANCELED'])
    expect(slow.stats.dropped.unsent).toBe(2)
    expect([slow.isOpen, slow.batch.isClosed]).toEqual([false, true])
  })
})

describe('DGR-18 who reads', () => {
  /** libuv has read a datagram, or met an error. */
  const read = ({ handle }: Slow, bytes: number): void =>
    handle.onmessage(bytes, handle, undefined, undefined)

  it('libuv reads until 16 datagrams arrive within a millisecond, then the native transport', () => {
    const clock = clockAt(0)
    const slow = new Slow()
    slow.batch.receive()
    for (let at = 0; at < 100; at++) {
      clock.mockReturnValue(at)
      for (let i = 0; i < 7; i++) read(slow, 3)
    }
    expect(slow.readers).toEqual([])
    clock.mockReturnValue(200)
    for (let i = 0; i < 15; i++) read(slow, 3)
    expect(slow.readers).toEqual([])
    read(slow, 3)
    expect(slow.readers).toEqual(['not libuv', 'native'])
    slow.options?.onDatagram([Buffer.from('12345'), ['127.0.0.1', 9]])
    expect(slow.given).toEqual([...Array(716).fill(3), 5])
    expect(slow.stats).toMatchObject({ received: 717, receivedBytes: 716 * 3 + 5 })
  })

  it('errors of libuv are counted: reports of the network as such', () => {
    const slow = new Slow()
    slow.batch.receive()
    read(slow, -5)
    expect([slow.stats.receiveErrors, slow.given]).toEqual([1, [-5]])
    read(slow, -ECONNREFUSED) // the transport counts it, and gives it
    expect([slow.stats.receiveErrors, slow.given]).toEqual([1, [-5]])
  })
})

describe('DGR-12 the process', () => {
  it('waits for the socket, unless it is unref', () => {
    const slow = new Slow()
    expect(slow.keepsAlive).toBe(true)
    slow.handle.unref()
    expect(slow.keepsAlive).toBe(false)
    slow.handle.ref()
    expect(slow.keepsAlive).toBe(true)
  })
})
