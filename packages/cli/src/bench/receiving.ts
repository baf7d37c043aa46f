import { Scheduler } from '@udpng/core'
import type { Address } from '@udpng/datagram'
import { UDPReceiver } from '@udpng/peers'

/** Requested size of the receive buffer, bytes. The kernel may grant less; then bursts are lost, as in other programs. */
const BUFFER_BYTES = 4_194_304

/** Time to keep reading after the last datagram was sent, milliseconds. */
export const LINGER_MS = 50

/** A running receiver, and its address. */
export interface Receiving {
  readonly scheduler: Scheduler
  readonly receiver: UDPReceiver
  readonly address: Address
  /** Resolves when all components of the scheduler have ended. */
  readonly running: Promise<void>
}

/** Starts a receiver on loopback. */
export async function startReceiver(transport: 'dgram' | 'native'): Promise<Receiving> {
  const receiver = new UDPReceiver({
    localAddr: '127.0.0.1',
    recvBufferSize: BUFFER_BYTES,
    onProducerFinished: 'drain',
    lingerMs: LINGER_MS,
    transport,
  })
  const scheduler = new Scheduler()
  scheduler.activate(receiver)
  const running = scheduler.run()
  running.catch(() => {}) // `bound` rejects with the same error
  return { scheduler, receiver, running, address: await receiver.bound }
}
