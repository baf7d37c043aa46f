import type { DatagramTransport } from '@udpng/basic-peer'
import { exactly } from '@udpng/basic-peer'
import { Component, Inbox, link, type Main, Outbox } from '@udpng/core'
import type { Datagram, Family } from '@udpng/datagram'
import { UDPReceiver, UDPSender } from '@udpng/peers'
import { eventually, liveHeap } from 'test-support'
import { describe, expect, it } from 'vitest'
import { droppedOnArrival } from '../behaviour/counters.js'
import { quiet } from '../rig/quiet.js'
import { label, Rig } from '../rig/rig.js'
import { expectWithin } from '../rig/within.js'

/** Maximum number of datagrams in flight: every receive buffer holds them. */
const WINDOW = 128
/** One of this many received datagrams is kept until the end. */
const KEPT = 10_000
const LIMIT_MS = 600_000
/** Bytes of a datagram of a flood, and the least that a flood sends, however long it takes. */
const FLOOD_BYTES = 8192
const MIN_FLOOD_BYTES = 200_000_000

/** How long the runs are. */
export interface LongRunsOptions {
  /** Datagrams of a run. */
  readonly count: number
  /** The least time that a flood lasts which is not read, milliseconds. */
  readonly floodMs: number
}

/** Many datagrams: all arrive in order when they are paced, every drop is counted when they are not, and memory stays flat. */
export function describeLongRuns(
  transport: DatagramTransport,
  family: Family,
  { count, floodMs }: LongRunsOptions,
): void {
  describe(`${count} datagrams: ${label(transport, family)}`, () => {
    it(
      'PER-08 PER-13 STA-01 numbered and paced, they arrive strictly increasing, all of them, and stay as they were',
      async () => {
        const rig = new Rig(transport, family)
        const { receiver, sender } = await pair(rig)
        const there = new RoundTrip(count)
        link(there.outbox, sender.inbox)
        link(receiver.outbox, there.inbox)
        rig.activate(there)
        await eventually(
          () => there.ended,
          () => `the end, after ${there.got} of ${there.sent} datagrams,`,
          LIMIT_MS,
        )
        expect(there.disorder).toBe(0)
        expect(there.got).toBe(count)
        expect(receiver.stats.received).toBe(count)
        expect(droppedOnArrival(receiver.stats)).toEqual(exactly(0))
        expect(sender.stats).toMatchObject({ sent: count, sentBytes: 8 * count, failed: {} })
        expect(there.kept.length).toBe(Math.ceil(count / KEPT))
        for (const [data, copy] of there.kept) expect(data.equals(copy)).toBe(true)
      },
      LIMIT_MS,
    )

    it(
      'STA-01 as fast as they can be sent, to a reader that is quick, slow or asleep: received + dropped = sent',
      async () => {
        const rig = new Rig(transport, family)
        const { receiver, sender } = await pair(rig)
        const flood: Flood = new Flood((): boolean => flood.sent < count)
        link(flood.outbox, sender.inbox)
        const got = new Inbox<Datagram>('What arrives', { capacity: 100 })
        link(receiver.outbox, got)
        rig.activate(flood)
        let taken = 0
        for (let round = 0; sender.stats.sent < count; round++) {
          // A while of each: it reads all, one datagram in a turn, and nothing at all.
          const mood = (round >> 8) % 3
          if (mood === 0) for (const _ of got) taken++
          else if (mood === 1 && got.recv()) taken++
          await quiet(1)
        }
        const sum = (): number => receiver.stats.received + droppedOnArrival(receiver.stats).atLeast
        for (let calm = 0; calm < 20; ) {
          const before = sum()
          for (const _ of got) taken++
          await quiet(1)
          calm = sum() === before && !got.ready ? calm + 1 : 0
        }
        const { received, kernelDrops } = receiver.stats
        expectWithin(droppedOnArrival(receiver.stats), count - received)
        expect(taken).toBe(received)
        expect(received).toBeGreaterThan(0)
        expect(received).toBeLessThan(count)
        // Such a flood is more than the kernel keeps.
        if (kernelDrops !== undefined) expect(kernelDrops.atLeast).toBeGreaterThan(0)
      },
      LIMIT_MS,
    )

    it(
      `FLO-02 STA-01 a flood of ${floodMs} ms that is not read: memory stays flat, every drop is counted`,
      async () => {
        const rig = new Rig(transport, family)
        const { receiver, sender } = await pair(rig)
        const end = performance.now() + floodMs
        // Unread datagrams would be some hundred megabytes by then, on a slow machine too.
        const flood: Flood = new Flood(
          (): boolean => performance.now() < end || flood.sent * FLOOD_BYTES <= MIN_FLOOD_BYTES,
          Buffer.alloc(FLOOD_BYTES, 7),
        )
        link(flood.outbox, sender.inbox)
        const got = new Inbox<Datagram>('Not read', { capacity: 100 })
        link(receiver.outbox, got)
        rig.activate(flood)
        await eventually(() => sender.stats.sent > 5000)
        const before = memory()
        await eventually(() => flood.ended, 'the end of the flood', floodMs + LIMIT_MS)
        const grown = memory() - before
        await eventually(() => sender.stats.sent === flood.sent)
        expect(got.length).toBe(100)
        expect(sender.stats.sentBytes).toBeGreaterThan(MIN_FLOOD_BYTES)
        expect(grown).toBeLessThan(32e6)
        for (let calm = 0; calm < 20; ) {
          const { received } = receiver.stats
          while (got.recv());
          await quiet(1)
          calm = receiver.stats.received === received ? calm + 1 : 0
        }
        const { stats } = receiver
        expectWithin(droppedOnArrival(stats), flood.sent - stats.received)
      },
      floodMs + LIMIT_MS,
    )
  })
}

/** A sender and its receiver. */
async function pair(rig: Rig): Promise<{ receiver: UDPReceiver; sender: UDPSender }> {
  const { bare: transport, family, host } = rig
  const options = { transport, family }
  const receiver = rig.activate(new UDPReceiver({ ...options, localAddr: host }))
  const [, port] = await receiver.bound
  const sender = new UDPSender({ ...options, receiverAddr: host, receiverPort: port })
  await rig.activate(sender).bound
  return { receiver, sender }
}

/** Bytes in use, buffers included. */
function memory(): number {
  return liveHeap() + process.memoryUsage().external
}

/** Sends numbers, with a limit in flight, and checks what comes back. */
class RoundTrip extends Component {
  readonly outbox: Outbox<Buffer> = new Outbox('Numbers')
  readonly inbox: Inbox<Datagram> = new Inbox('Numbers that arrived')
  readonly kept: (readonly [data: Buffer, copy: Buffer])[] = []
  sent = 0
  got = 0
  disorder = 0
  readonly #count: number

  constructor(count: number) {
    super()
    this.#count = count
  }

  override *main(): Main {
    for (let last = -1; ; ) {
      for (const [data] of this.inbox) {
        const number = data.readDoubleLE()
        if (number <= last) this.disorder++
        last = number
        if (this.got++ % KEPT === 0) this.kept.push([data, Buffer.from(data)])
      }
      if (this.got === this.#count) return
      for (; this.sent < this.#count && this.sent - this.got < WINDOW; this.sent++) {
        const data = Buffer.allocUnsafe(8)
        data.writeDoubleLE(this.sent)
        this.outbox.send(data)
      }
      yield this.pause()
    }
  }
}

/** Sends as fast as there is room. */
class Flood extends Component {
  readonly outbox: Outbox<Buffer> = new Outbox('The same, again and again')
  sent = 0
  readonly #goesOn: () => boolean
  readonly #data: Buffer

  constructor(goesOn: () => boolean, data: Buffer = Buffer.from('flood')) {
    super()
    this.#goesOn = goesOn
    this.#data = data
  }

  override *main(): Main {
    for (; this.#goesOn(); this.sent++) {
      while (this.outbox.full) yield this.pause()
      this.outbox.send(this.#data)
    }
  }
}
