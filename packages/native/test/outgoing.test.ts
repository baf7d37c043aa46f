import type { Parcel } from '@udpng/basic-peer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Addon, NAME_BYTES, ROW_INTS } from '../src/addon.js'
import { Names } from '../src/names.js'
import { type Cut, Outgoing } from '../src/outgoing.js'

const addon: Pick<Addon, 'pack'> = {
  // As the real one does for 127.0.0.1: family and port, the rest does not matter here.
  pack(_, port, names, at) {
    Buffer.from(names.buffer).writeUInt16BE(port, at * NAME_BYTES + 2)
    return true
  },
}
const CUT: Cut = { most: 65507, segment: 65507, singly: 0, connected: false }

const parcel = (size: number, port = 9, fill = 1): Parcel => ({
  data: new Uint8Array(size).fill(fill),
  host: '127.0.0.1',
  port,
})

/** The messages that are made of a run: of each, the sizes of its datagrams and the port. */
function messages(
  run: readonly Parcel[],
  cut: Partial<Cut> = {},
): [sizes: number[], port: number][] {
  const outgoing = new Outgoing(addon)
  expect(outgoing.stage(run, 0, { ...CUT, ...cut })).toBe(run.length)
  return Array.from({ length: outgoing.count }, (_, row) => {
    const [offset = 0, length = 0, segment = 0, name = 0] = outgoing.rows.subarray(row * ROW_INTS)
    const parcels = outgoing.parcels.slice(outgoing.starts[row], outgoing.starts[row + 1])
    // The bytes are those of the parcels, one after the other, and the kernel cuts them where these end.
    expect(Buffer.from(outgoing.bytes.subarray(offset, offset + length))).toEqual(
      Buffer.concat(parcels.map(({ data }) => data)),
    )
    const sizes = []
    for (let at = 0; at < length || sizes.length === 0; at += segment || length || 1)
      sizes.push(Math.min(segment || length, length - at))
    expect(sizes).toEqual(parcels.map(({ data }) => data.length))
    const ports = parcels.map(({ port }) => port)
    expect(new Set(ports).size).toBe(1)
    expect(Buffer.from(outgoing.names.bytes).readUInt16BE(name * NAME_BYTES + 2)).toBe(ports[0])
    return [sizes, ports[0] as number]
  })
}

const sizes = (...all: Parameters<typeof messages>): number[][] =>
  messages(...all).map(([sizes]) => sizes)

describe('messages', () => {
  it('NAT-05 neighbours of one size become one message, and the last may be shorter', () => {
    expect(sizes([100, 100, 100].map((n) => parcel(n)))).toEqual([[100, 100, 100]])
    expect(sizes([100, 100, 30, 100].map((n) => parcel(n)))).toEqual([[100, 100, 30], [100]])
    expect(sizes([100, 30, 30].map((n) => parcel(n)))).toEqual([[100, 30], [30]])
    expect(sizes([30, 100, 100].map((n) => parcel(n)))).toEqual([[30], [100, 100]])
  })

  it('NAT-05 an empty datagram is a message of its own', () => {
    expect(sizes([10, 0, 10, 10, 0, 0].map((n) => parcel(n)))).toEqual([
      [10],
      [0],
      [10, 10],
      [0],
      [0],
    ])
  })

  it('NAT-05 each destination has its own messages, in the order in which the destinations appear', () => {
    const run = [1, 2, 1, 3, 2, 1].map((port, i) => parcel(10, port, i))
    expect(messages(run)).toEqual([
      [[10, 10, 10], 1],
      [[10, 10], 2],
      [[10], 3],
    ])
  })

  it.each([1, 2, 63, 64, 65, 127, 128, 129])(
    'NAT-06 of %i datagrams of 100 bytes, at most 64 are in one message',
    (count) => {
      const made = sizes(Array.from({ length: count }, () => parcel(100)))
      expect(made.map(({ length }) => length)).toEqual([
        ...new Array(Math.floor(count / 64)).fill(64),
        ...(count % 64 ? [count % 64] : []),
      ])
    },
  )

  it('NAT-06 a message has at most as many bytes as one datagram may have', () => {
    const run = Array.from({ length: 60 }, () => parcel(1500))
    expect(sizes(run).map(({ length }) => length)).toEqual([43, 17])
    expect(sizes([parcel(32_753), parcel(32_754)])).toEqual([[32_753], [32_754]])
    expect(sizes([parcel(32_754), parcel(32_753)])).toEqual([[32_754, 32_753]])
    expect(sizes([parcel(32_754), parcel(32_754)])).toEqual([[32_754], [32_754]])
    expect(sizes([parcel(32_754), parcel(32_754)], { most: 65_527 })).toEqual([[32_754, 32_754]])
  })

  it('NAT-16 without segments each datagram is a message', () => {
    const run = [parcel(10), parcel(10), parcel(10, 2)]
    expect(sizes(run, { segment: 0 })).toEqual([[10], [10], [10]])
    expect(sizes([...run, parcel(10, 2), parcel(10, 2)], { singly: 3 })).toEqual([
      [10],
      [10],
      [10],
      [10, 10],
    ])
  })

  it('stages what fits, and goes on from there', () => {
    const outgoing = new Outgoing(addon)
    const run = Array.from({ length: 2500 }, (_, i) => parcel(i < 1500 ? 8 : 5000))
    const staged: number[] = []
    for (let from = 0; from < run.length; from += staged.at(-1) as number)
      staged.push(outgoing.stage(run, from, CUT))
    expect(staged.slice(0, 2)).toEqual([1024, 476 + 208])
    expect(staged.reduce((a, b) => a + b)).toBe(2500)
  })

  it('stages a mebibyte at a time, to the last byte', () => {
    const run = Array.from({ length: 1025 }, () => parcel(1024))
    const outgoing = new Outgoing(addon)
    expect(outgoing.stage(run, 0, CUT)).toBe(1024)
    const { count, starts } = outgoing
    expect([count, starts[0], starts[1], starts[count]]).toEqual([17, 0, 63, 1024])
    expect(outgoing.stage(run, 0, { ...CUT, segment: 0 })).toBe(1024)
    expect([outgoing.count, outgoing.starts[1023], outgoing.starts[1024]]).toEqual([
      1024, 1023, 1024,
    ])
    expect(outgoing.stage([parcel(1025), ...run], 0, CUT)).toBe(1023)
  })

  it('packs a destination once for all runs', () => {
    let packed = 0
    const outgoing = new Outgoing({
      pack(...args) {
        packed++
        return addon.pack(...args)
      },
    })
    for (let round = 0; round < 3; round++)
      outgoing.stage([parcel(1), parcel(2), parcel(3, 10)], 0, CUT)
    expect(packed).toBe(2)
  })

  it('forgets destinations when there are too many, and mixes none up', () => {
    const outgoing = new Outgoing(addon)
    for (let round = 0; round < 12; round++) {
      const run = Array.from({ length: 1000 }, (_, i) => parcel(1, 1 + round * 1000 + i))
      outgoing.stage(run, 0, CUT)
      const ports = Array.from({ length: outgoing.count }, (_, row) => {
        const name = outgoing.rows[row * ROW_INTS + 3] as number
        return Buffer.from(outgoing.names.bytes).readUInt16BE(name * NAME_BYTES + 2)
      })
      expect(ports).toEqual(run.map(({ port }) => port))
    }
  })

  it('NAT-05 whatever the run, nothing is lost, doubled or mixed up, and each destination keeps its order', () => {
    const parcels = fc.array(
      fc.record({
        size: fc.constantFrom(0, 1, 9, 10, 100, 9000),
        port: fc.integer({ min: 1, max: 4 }),
      }),
      { maxLength: 100 },
    )
    fc.assert(
      fc.property(parcels, fc.nat(20), (run, singly) => {
        const sent = run.map(({ size, port }, i) => parcel(size, port, i))
        const outgoing = new Outgoing(addon)
        if (sent.length === 0) return
        outgoing.stage(sent, 0, { ...CUT, singly })
        for (const port of [1, 2, 3, 4])
          expect(outgoing.parcels.filter((parcel) => parcel.port === port)).toEqual(
            sent.filter((parcel) => parcel.port === port),
          )
        messages(sent, { singly })
      }),
      { numRuns: 60 },
    )
  })
})

describe('sources', () => {
  /** Keeps the last number of an address as its last byte. */
  const packing: Pick<Addon, 'pack'> = {
    pack(host, port, names, at) {
      const name = Buffer.from(names.buffer, at * NAME_BYTES, NAME_BYTES).fill(0)
      name.writeUInt16BE(port, 2)
      name[7] = Number(host.split('.')[3])
      return !host.includes('%')
    },
  }
  const from = (local: string | undefined, port: number, fill: number): Parcel => ({
    ...parcel(10, port, fill),
    ...(local !== undefined && { local }),
  })
  /** Of each message: how many datagrams, their port, and the last byte of the source; 0 for that of the socket. */
  function staged(outgoing: Outgoing): [count: number, port: number, source: number][] {
    return Array.from({ length: outgoing.count }, (_, row) => {
      const [, , , name = 0, , source = 0] = outgoing.rows.subarray(row * ROW_INTS)
      const names = Buffer.from(outgoing.names.bytes)
      const [start = 0, end = 0] = outgoing.starts.subarray(row)
      return [
        end - start,
        names.readUInt16BE(name * NAME_BYTES + 2),
        source === 0 ? 0 : (names[(source - 1) * NAME_BYTES + 7] as number),
      ]
    })
  }

  it('PER-24 parcels with different sources share no message, and keep their order for each destination', () => {
    const outgoing = new Outgoing(packing)
    const [a, b] = ['127.0.0.1', '127.0.0.2']
    const run = [a, a, b, undefined, undefined, a].flatMap((local, i) => [
      from(local, 1, i),
      from(b, 2, i),
    ])
    for (const connected of [false, true]) {
      expect(outgoing.stage(run, 0, { ...CUT, connected })).toBe(12)
      if (connected) continue
      expect(staged(outgoing)).toEqual([
        [2, 1, 1],
        [1, 1, 2],
        [2, 1, 0],
        [1, 1, 1],
        [6, 2, 2],
      ])
    }
    for (const port of [1, 2])
      expect(outgoing.parcels.filter((one) => one.port === port)).toEqual(
        run.filter((one) => one.port === port),
      )
  })

  it('PER-24 a source on an interface that does not exist is refused, and no other parcel', () => {
    const outgoing = new Outgoing(packing)
    const run = [from('127.0.0.1', 1, 1), from('fe80::1%udpng9', 1, 2), from(undefined, 1, 3)]
    expect(outgoing.stage(run, 0, CUT)).toBe(3)
    expect(outgoing.refused).toEqual([[run[1], new Error('there is no interface udpng9')]])
    expect(outgoing.parcels).toEqual([run[0], run[2]])
  })

  it('PER-24 destinations and sources that are too many for the cache are staged in turns', () => {
    const outgoing = new Outgoing(packing)
    const run = Array.from({ length: 20_000 }, (_, i) => from(`127.0.0.${i % 250}`, 1 + i, i))
    const got: [number, number][] = []
    for (let at = 0; at < run.length; ) {
      const taken = outgoing.stage(run, at, CUT)
      expect(taken).toBeGreaterThan(0)
      at += taken
      got.push(...staged(outgoing).map(([, port, source]): [number, number] => [port, source]))
    }
    expect(got).toEqual(run.map((_, i) => [1 + i, i % 250]))
  })
})

describe('destinations', () => {
  it('DGM-14 two spellings of one address are one destination, in the order of its datagrams', () => {
    const hosts = ['::1', '0:0:0:0:0:0:0:1', '::0001', '::1']
    const other = { ...parcel(10, 9, 9), host: '::2' }
    const parcels = hosts.map((host, i) => ({ ...parcel(10, 9, i), host }))
    const outgoing = new Outgoing({
      pack(host, port, names, at) {
        const name = Buffer.from(names.buffer, at * NAME_BYTES, NAME_BYTES).fill(0)
        name.writeUInt16BE(port, 2)
        name[23] = host === '::2' ? 2 : 1 // where the last byte of an address stands
        return true
      },
    })
    outgoing.stage([parcels[0] as Parcel, other, ...parcels.slice(1)], 0, CUT)
    expect(outgoing.parcels).toEqual([...parcels, other])
    expect(outgoing.count).toBe(2)
  })

  it('are packed once', () => {
    let packed = 0
    const names = new Names({
      pack(...args) {
        packed++
        return addon.pack(...args)
      },
    })
    for (let round = 0; round < 3; round++)
      for (const host of ['127.0.0.1', '127.0.0.2'])
        for (const port of [1, 2, 3]) expect(names.find(host, port)).toBe(port - 1)
    expect(packed).toBe(6)
    names.clear()
    names.find('127.0.0.1', 1)
    expect(packed).toBe(7)
  })

  it('DGM-14 spellings take room, so that their number has a bound', () => {
    const names = new Names(addon)
    const { room } = names
    for (let n = 0; n < room; n++) expect(names.find(`spelling ${n}`, 9)).toBe(0)
    expect(names.room).toBe(0)
    names.clear()
    expect(names.room).toBe(room)
    expect(names.find('127.0.0.1', 10)).toBe(0)
  })
})
