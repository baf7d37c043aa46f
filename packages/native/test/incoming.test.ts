import { describe, expect, it } from 'vitest'
import { type Addon, type Handle, NAME_BYTES, SLOT_BYTES, SLOT_INTS } from '../src/addon.js'
import { Incoming } from '../src/incoming.js'

const handle = {} as Handle
const [TRUNCATED, SAME_SOURCE] = [1, 2]

/** A slot as the kernel fills it. */
interface Slot {
  readonly data: Buffer
  /** The sizes of its datagrams, where the kernel coalesced some. */
  readonly stride?: number
  readonly flags?: number
  /** Port of the sender. */
  readonly port?: number
}

/** An `Incoming` whose next read fills these slots, or returns or throws this. */
function incoming() {
  const next: { result: readonly Slot[] | number | Error } = { result: [] }
  const asked: number[] = []
  let names = 0
  const addon: Pick<Addon, 'receive' | 'hostOf'> = {
    receive(_, bytes, names, slots, count) {
      asked.push(count)
      if (next.result instanceof Error) throw next.result
      if (typeof next.result === 'number') return next.result
      for (const [i, { data, stride = 0, flags = 0, port = 9 }] of next.result.entries()) {
        bytes.set(data, i * SLOT_BYTES)
        Buffer.from(names.buffer).writeUInt16BE(port, i * NAME_BYTES + 2)
        slots.set([data.length, stride, flags], i * SLOT_INTS)
      }
      return next.result.length
    },
    hostOf(bytes, at) {
      names++
      return `10.0.0.${Buffer.from(bytes.buffer).readUInt16BE(at * NAME_BYTES + 2) % 200}`
    },
  }
  const subject = new Incoming(addon as Addon)
  return {
    subject,
    asked,
    get names() {
      return names
    },
    read(result: readonly Slot[] | number | Error): number {
      next.result = result
      return subject.read(handle, 64)
    },
    take() {
      const datagrams: Parameters<Incoming['take']>[0] = []
      subject.take(datagrams)
      return datagrams
    },
    texts(): string[] {
      return this.take().map(([data, [, port]]) => `${data} ${port}`)
    },
  }
}

const slot = (text: string, rest: Omit<Slot, 'data'> = {}): Slot => ({
  data: Buffer.from(text),
  ...rest,
})

describe('a read', () => {
  it('gives each datagram with its sender, in order, and asks for the given number of slots', () => {
    const socket = incoming()
    expect(socket.read([slot('a', { port: 1 }), slot('', { port: 2 }), slot('ccc')])).toBe(3)
    expect(socket.asked).toEqual([64])
    expect(socket.texts()).toEqual(['a 1', ' 2', 'ccc 9'])
    expect(socket.subject.datagrams).toBe(3)
    expect(socket.subject.packets).toEqual([1, 1, 1])
  })

  it('NAT-11 cuts a packet into datagrams of its stride, the last of which may be shorter', () => {
    const socket = incoming()
    socket.read([
      slot('aabbcc', { stride: 2, port: 1 }),
      slot('aabbc', { stride: 2, port: 2 }),
      slot('aa', { stride: 2, port: 3 }),
      slot('a', { stride: 2, port: 4 }),
      slot('', { stride: 2, port: 5 }),
    ])
    expect(socket.subject.packets).toEqual([3, 3, 1, 1, 1])
    expect(socket.subject.datagrams).toBe(9)
    expect(socket.texts()).toEqual(
      ['aa 1', 'bb 1', 'cc 1', 'aa 2', 'bb 2', 'c 2', 'aa 3', 'a 4', ' 5'], //
    )
  })

  it('NAT-11 cuts packets of another stride in the same slots, of another length in the same stride', () => {
    const socket = incoming()
    for (const [text, stride, cut] of [
      ['aabbcc', 2, ['aa 9', 'bb 9', 'cc 9']],
      ['aaabbb', 3, ['aaa 9', 'bbb 9']],
      ['aaabbbcccddde', 3, ['aaa 9', 'bbb 9', 'ccc 9', 'ddd 9', 'e 9']],
      ['aabbcc', 2, ['aa 9', 'bb 9', 'cc 9']],
    ] as const) {
      socket.read([slot(text, { stride })])
      expect(socket.texts()).toEqual(cut)
    }
  })

  it('MEM-01 gives each datagram an ArrayBuffer of its own, which a later read does not change', () => {
    const socket = incoming()
    socket.read([slot('aabbc', { stride: 2 }), slot('dddd')])
    const kept = socket.take().map(([data]) => data)
    socket.read([slot('xxyyz', { stride: 2 }), slot('zzzz')])
    expect(kept.map(String)).toEqual(['aa', 'bb', 'c', 'dddd'])
    expect(kept.map(({ buffer }) => buffer.byteLength)).toEqual([2, 2, 1, 4])
    expect(new Set(kept.map(({ buffer }) => buffer)).size).toBe(4)
  })

  it('counts truncated datagrams, and returns the others with their senders', () => {
    const socket = incoming()
    const read = socket.read([
      slot('whole', { port: 1 }),
      slot('cut off', { port: 2, flags: TRUNCATED }),
      slot('same', { port: 2, flags: SAME_SOURCE }),
      slot('cut off', { port: 2, stride: 2, flags: SAME_SOURCE | TRUNCATED }),
      slot('next', { port: 3 }),
    ])
    expect(read).toBe(5)
    expect(socket.subject.truncated).toBe(2)
    expect(socket.subject.datagrams).toBe(3)
    expect(socket.subject.packets).toEqual([1, 1, 1])
    expect(socket.texts()).toEqual(['whole 1', 'same 2', 'next 3'])
    socket.read([])
    expect(socket.subject.truncated).toBe(0)
  })

  it('that would block returns 0, and one that fails returns the errno; neither leaves datagrams of an earlier read', () => {
    const socket = incoming()
    const before = () => socket.read([slot('before', { flags: 0 }), slot('x', { flags: 1 })])
    before()
    expect(socket.read(-11)).toBe(0) // EAGAIN
    expect(socket.texts()).toEqual([])
    before()
    expect(socket.read(-111)).toBe(-111) // ECONNREFUSED
    expect(socket.texts()).toEqual([])
    before()
    expect(() => socket.read(new Error('out of memory'))).toThrow('out of memory')
    expect(socket.texts()).toEqual([])
    const { truncated, datagrams, packets } = socket.subject
    expect([truncated, datagrams, packets]).toEqual([0, 0, []])
  })
})

describe('senders', () => {
  it('are one frozen address each, made once', () => {
    const socket = incoming()
    socket.read([slot('a', { port: 1 }), slot('b', { port: 2 }), slot('c', { port: 1 })])
    const [a, b, c] = socket.take().map(([, from]) => from)
    expect([a, b]).toEqual([
      ['10.0.0.1', 1],
      ['10.0.0.2', 2],
    ])
    expect(c).toBe(a)
    expect(Object.isFrozen(a)).toBe(true)
    expect(socket.names).toBe(2)
  })

  it('are evicted when there are 4096', () => {
    const socket = incoming()
    const from = (port: number) => {
      socket.read([slot('a', { port })])
      return socket.take()[0]?.[1]
    }
    for (let port = 1; port <= 4096; port++) from(port)
    expect(socket.names).toBe(4096)
    expect(from(1)).toEqual(['10.0.0.1', 1])
    expect(socket.names).toBe(4096)
    from(4097)
    from(1)
    expect(socket.names).toBe(4098)
  })

  it('are not looked up for a slot with the same sender as the previous one', () => {
    const socket = incoming()
    socket.read([slot('a', { port: 1 }), slot('b', { port: 2, flags: SAME_SOURCE })])
    expect(socket.texts()).toEqual(['a 1', 'b 1'])
    expect(socket.names).toBe(1)
  })
})
