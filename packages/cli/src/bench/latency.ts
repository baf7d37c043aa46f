import { createHistogram } from 'node:perf_hooks'
import { Graphline } from '@udpng/chassis'
import { Scheduler, shutdownMicroprocess } from '@udpng/core'
import type { Datagram, Letter } from '@udpng/datagram'
import { Transformer } from '@udpng/flow'
import { PostboxPeer, SimplePeer } from '@udpng/peers'
import { Ping } from './ping.js'

/** Round-trip times, one datagram at a time; microseconds. */
export interface Latency {
  readonly count: number
  readonly lost: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** Number of round trips before the measurement: the first ones run code that is not compiled yet. */
const WARM_UP = 200

/** Sends to an echo server in this process and back, one datagram at a time, for the duration given. */
export async function measureLatency(
  transport: 'dgram' | 'native',
  bytes: number,
  ms: number,
): Promise<Latency> {
  const scheduler = new Scheduler()
  const BOX = new PostboxPeer({ localAddr: '127.0.0.1', transport })
  const ANSWER = new Transformer(([data, [host, port]]: Datagram): Letter => [host, port, data])
  const server = new Graphline(
    { BOX, ANSWER },
    { 'BOX.outbox': 'ANSWER.inbox', 'ANSWER.outbox': 'BOX.inbox' },
  )
  scheduler.activate(server)
  const running = scheduler.run()
  running.catch(() => {}) // `bound` rejects with the same error
  const [receiverAddr, receiverPort] = await BOX.bound
  const histogram = createHistogram()
  let replies = 0
  const PING = new Ping(bytes, ms, (nanoseconds) => {
    if (++replies > WARM_UP) histogram.record(Math.max(1, nanoseconds))
  })
  const PEER = new SimplePeer({
    receiverAddr,
    receiverPort,
    transport,
    onProducerFinished: 'drain',
  })
  const client = new Graphline(
    { PING, PEER },
    {
      'PING.outbox': 'PEER.inbox',
      'PEER.outbox': 'PING.inbox',
      'PING.signal': 'PEER.control',
    },
  )
  scheduler.activate(client)
  scheduler.observe(({ kind, component }) => {
    if (kind === 'ended' && component === client.name)
      server.control.deliver(shutdownMicroprocess())
  })
  await running
  const at = (percentile: number): number => histogram.percentile(percentile) / 1000
  return {
    count: histogram.count,
    lost: PING.lost,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    max: histogram.count > 0 ? histogram.max / 1000 : 0,
  }
}
