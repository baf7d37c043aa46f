import { Graphline } from '@udpng/chassis'
import { link, producerFinished } from '@udpng/core'
import { UDPSender } from '@udpng/peers'
import { Flood } from './flood.js'
import { startReceiver } from './receiving.js'

/** The rate of datagrams that arrive. */
export interface Throughput {
  readonly sent: number
  readonly received: number
  /** Datagrams received per second. */
  readonly perSecond: number
}

/** Sends datagrams to itself over loopback as fast as they arrive, for the duration given; sender and receiver share this thread. */
export async function measureThroughput(
  transport: 'dgram' | 'native',
  bytes: number,
  ms: number,
): Promise<Throughput> {
  const { scheduler, receiver, address, running } = await startReceiver(transport)
  const [receiverAddr, receiverPort] = address
  const FLOOD = new Flood(bytes, ms)
  const SEND = new UDPSender({ receiverAddr, receiverPort, transport })
  const began = performance.now()
  let seconds = 0
  scheduler.activate(
    new Graphline(
      { FLOOD, SEND },
      { 'FLOOD.outbox': 'SEND.inbox', 'FLOOD.signal': 'SEND.control' },
    ),
  )
  link(receiver.outbox, FLOOD.inbox)
  scheduler.observe(({ kind, component }) => {
    if (kind !== 'ended' || component !== SEND.name) return
    seconds = (performance.now() - began) / 1000
    receiver.control.deliver(producerFinished())
  })
  await running
  const { sent } = SEND.stats
  const { received } = receiver.stats
  return { sent, received, perSecond: received / seconds }
}
