import { beforeEach, describe, expect, it } from 'vitest'
import type { Handle } from '../src/addon.js'
import { DropCount } from '../src/drop-count.js'

const handle = {} as Handle
/** What the kernel says: packets dropped so far, and the number of bytes of its reply. */
const kernel = { drops: 0, reply: 36 }

function count(): DropCount {
  return new DropCount({
    getOption(_, level, option, bytes) {
      expect([level, option]).toEqual([1, 55]) // SOL_SOCKET, SO_MEMINFO
      new DataView(bytes.buffer, bytes.byteOffset).setUint32(32, kernel.drops, true)
      return kernel.reply
    },
  })
}

const exactly = (drops: number) => ({ atLeast: drops, atMost: drops, about: drops })

/** A count that coalesces, and after whose first read, of two packets of 20 datagrams each, `drops` packets were dropped. */
function coalescing(drops: number): DropCount {
  const drop = count()
  drop.coalesce(handle)
  drop.read(handle, [20, 20], true)
  kernel.drops += drops
  drop.sample(handle)
  return drop
}

beforeEach(() => {
  Object.assign(kernel, { drops: 0, reply: 36 })
})

describe('kernel drops', () => {
  it('are unknown before a sample, and on a kernel that has no such counter', () => {
    const drop = count()
    expect(drop.bounds).toBeUndefined()
    kernel.reply = -92 // ENOPROTOOPT
    drop.sample(handle)
    expect(drop.bounds).toBeUndefined()
    kernel.reply = 32 // a kernel that has only the fields before it
    drop.sample(handle)
    expect(drop.bounds).toBeUndefined()
  })

  it('are exact until the kernel coalesces, whatever is read', () => {
    const drop = count()
    kernel.drops = 3
    drop.sample(handle)
    drop.read(handle, [1, 1, 1], true)
    expect(drop.bounds).toEqual(exactly(3))
    kernel.drops = 5
    drop.coalesce(handle)
    expect(drop.bounds).toEqual(exactly(5))
  })

  it('are counted correctly when the counter of the kernel wraps around', () => {
    const drop = count()
    kernel.drops = 2 ** 32 - 2
    drop.sample(handle)
    kernel.drops = 1
    drop.sample(handle)
    expect(drop.bounds).toEqual(exactly(2 ** 32 + 1))
  })
})

describe('STA-07 dropped packets of a kernel that coalesces', () => {
  it('are one datagram each before the first read, and at most 128', () => {
    const drop = count()
    drop.coalesce(handle)
    kernel.drops = 10
    drop.sample(handle)
    expect(drop.bounds).toEqual({ atLeast: 10, atMost: 1280, about: 10 })
  })

  it('are added to the datagrams that were dropped before', () => {
    const drop = count()
    kernel.drops = 7
    drop.coalesce(handle)
    kernel.drops = 9
    drop.sample(handle)
    expect(drop.bounds).toEqual({ atLeast: 9, atMost: 7 + 2 * 128, about: 9 })
  })

  it('have about as many datagrams as the packets of the previous read, until the next read', () => {
    expect(coalescing(5).bounds).toEqual({ atLeast: 5, atMost: 640, about: 100 })
  })

  it('have about as many datagrams as the packets of the reads before and after', () => {
    const drop = coalescing(4)
    drop.read(handle, [26, 26], true)
    expect(drop.bounds?.about).toBe(4 * 23)
    // They are settled: a later read does not change them, and those dropped from now on are as long as those of the last read.
    drop.read(handle, [60, 60], true)
    kernel.drops += 1
    drop.sample(handle)
    expect(drop.bounds?.about).toBe(4 * 23 + 60)
  })

  it('are measured by the first read in which the kernel coalesced, from its first such packet on', () => {
    const drop = count()
    drop.coalesce(handle)
    kernel.drops = 10
    drop.read(handle, [1, 1, 1], false)
    expect(drop.bounds?.about).toBe(10)
    drop.read(handle, [1, 1, 12, 8], false)
    expect(drop.bounds?.about).toBe(100)
    drop.read(handle, [1, 1], false)
    kernel.drops = 20
    drop.read(handle, [1, 1], false)
    expect(drop.bounds?.about).toBe(110)
  })

  it('are measured by single datagrams, too, after a read that emptied the receive buffer', () => {
    const drop = count()
    drop.coalesce(handle)
    drop.read(handle, [1], true)
    kernel.drops = 10
    drop.read(handle, [1, 1], false)
    drop.read(handle, [40], false)
    kernel.drops = 20
    drop.sample(handle)
    expect(drop.bounds?.about).toBe(10 + 400)
  })

  it('are not measured by a read that got nothing', () => {
    const drop = coalescing(3)
    drop.read(handle, [], true)
    expect(drop.bounds?.about).toBe(60)
  })

  it('have at most as many datagrams each as the largest packet that was read', () => {
    const drop = coalescing(2)
    drop.read(handle, [300, 1], true)
    expect(drop.bounds?.atMost).toBe(600)
    drop.read(handle, [200], true)
    expect(drop.bounds?.atMost).toBe(600)
  })

  it('have an estimate that never decreases and stays within the bounds', () => {
    const drop = coalescing(10)
    expect(drop.bounds?.about).toBe(200)
    drop.read(handle, [1, 1], true)
    expect(drop.bounds?.about).toBe(200)
    const other = count()
    other.coalesce(handle)
    other.read(handle, [1], true)
    kernel.drops += 10
    other.sample(handle)
    expect(other.bounds?.about).toBeGreaterThanOrEqual(other.bounds?.atLeast ?? Number.NaN)
  })
})
