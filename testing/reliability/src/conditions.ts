import { type DatagramTransport, sumOfBounds } from '@udpng/basic-peer'
import { link, producerFinished, shutdownMicroprocess } from '@udpng/core'
import { eventually, turn } from 'test-support'
import { type Account, unaccounted } from './accounting.js'
import { Paced, Traffic } from './traffic.js'

const LIMIT_MS = 600_000
/** Maximum that fits in every receive buffer. */
const UNREAD = 100

/** Sends `count` datagrams under some condition, and returns where they have gone. */
export type Condition = (transport: DatagramTransport, count: number) => Promise<Account>

/** The conditions under which datagrams are sent, by name. */
export const conditions: Readonly<Record<string, Condition>> = {
  async paced(transport, count) {
    const paced = new Paced(count)
    const traffic = await Traffic.begin(transport, { into: paced.inbox })
    link(paced.outbox, traffic.sender.inbox)
    traffic.scheduler.activate(paced)
    await eventually(() => paced.ended, `the end of ${count} datagrams`, LIMIT_MS)
    await traffic.calm(false)
    await traffic.end()
    return traffic.account
  },

  async 'flooding a small receive buffer'(transport, count) {
    const traffic = await Traffic.begin(transport, { recvBufferSize: 8192 })
    traffic.flood((sent) => sent < count)
    while (traffic.sender.stats.sent < count) {
      traffic.take()
      await turn()
    }
    await traffic.calm(true)
    await traffic.end()
    return traffic.account
  },

  async 'a slow reader'(transport, count) {
    const traffic = await Traffic.begin(transport, { capacity: 100 })
    traffic.flood((sent) => sent < count)
    for (let round = 0; traffic.sender.stats.sent < count; round++) {
      // A while of each: one in a turn, and none at all.
      if ((round >> 7) % 2) traffic.take(1)
      await turn()
    }
    await traffic.calm(true)
    await traffic.end()
    return traffic.account
  },

  /** So few at a time that the kernel drops none: then the sum is exact on every transport. */
  async 'closing with some unread'(transport, count) {
    let sum: Account | undefined
    for (let left = count; left > 0; left -= UNREAD) {
      const traffic = await Traffic.begin(transport, { capacity: 10 })
      const most = Math.min(left, UNREAD)
      traffic.flood((sent) => sent < most)
      await eventually(() => traffic.sender.stats.sent === most, `${most} sent`)
      await traffic.calm(false)
      await traffic.end()
      sum = added(sum, traffic.account)
    }
    return sum as Account
  },

  /** The sender ends in the middle of its queue, the receiver with datagrams that were not taken. */
  async 'closing in the middle'(transport, count) {
    let sum: Account | undefined
    const rounds = 20
    for (let round = 0; round < rounds; round++) {
      const traffic = await Traffic.begin(transport, { capacity: 50 })
      const { sender, receiver } = traffic
      const most = Math.ceil(count / rounds)
      const flood = traffic.flood(() => true)
      while (sender.stats.sent < most - 500 && !flood.ended) {
        if (round % 2) traffic.take(10)
        await turn()
      }
      sender.control.deliver(round % 4 < 2 ? shutdownMicroprocess() : producerFinished())
      flood.control.deliver(shutdownMicroprocess())
      await eventually(() => sender.ended && flood.ended, 'the end of the sender', LIMIT_MS)
      const put = sender.inbox.delivered
      const lost = unaccounted(put, sender.stats)
      if (lost !== 0) throw new Error(`${lost} of ${put} messages are not accounted for`)
      // What is queued in the kernel when a socket is closed is not counted by every transport.
      await traffic.calm(false)
      receiver.control.deliver(shutdownMicroprocess())
      await traffic.end()
      sum = added(sum, traffic.account)
    }
    return sum as Account
  },
}

function added(a: Account | undefined, b: Account): Account {
  if (!a) return b
  return {
    sent: a.sent + b.sent,
    received: a.received + b.received,
    dropped: {
      unread: a.dropped.unread + b.dropped.unread,
      readBufferFull: a.dropped.readBufferFull + b.dropped.readBufferFull,
      kernel: sumOfBounds([a.dropped.kernel, b.dropped.kernel]),
    },
    missing: a.missing + b.missing,
  }
}
