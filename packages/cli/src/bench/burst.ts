import { Pipeline } from '@udpng/chassis'
import { producerFinished } from '@udpng/core'
import { DataSource } from '@udpng/flow'
import { UDPSender } from '@udpng/peers'
import { startReceiver } from './receiving.js'

/** The outcome of a burst of datagrams. */
export interface Burst {
  readonly sent: number
  readonly lost: number
}

const DATAGRAMS = 10_000

/** Sends many datagrams to itself at once: the kernel drops those for which the receive buffer has no room. */
export async function measureBurst(transport: 'dgram' | 'native', bytes: number): Promise<Burst> {
  const { scheduler, receiver, address, running } = await startReceiver(transport)
  const [receiverAddr, receiverPort] = address
  const sender = new UDPSender({ receiverAddr, receiverPort, transport })
  const payload = Buffer.alloc(bytes)
  scheduler.activate(new Pipeline(new DataSource(Array(DATAGRAMS).fill(payload)), sender))
  scheduler.observe(({ kind, component }) => {
    if (kind === 'ended' && component === sender.name) receiver.control.deliver(producerFinished())
  })
  await running
  // The kernel may count coalesced datagrams as one: those that did not arrive are lost.
  return { sent: sender.stats.sent, lost: sender.stats.sent - receiver.stats.received }
}
