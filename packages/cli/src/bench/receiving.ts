import { Scheduler } from '@udpng/core'
import type { Address } from '@udpng/datagram'
import { UDPReceiver } from '@udpng/peers'

/** Asked of the kernel, which may give less: bursts are lost then, as they would be elsewhere. */
const BUFFER_BYTES = 4_194_304

/** How long it reads on after the last datagram was sent. */
export const LINGER_MS = 50

/** A receiver that runs, and where it is bound. */
export interface Receiving {
  readonly scheduler: Scheduler
  readonly receiver: UDPReceiver
  readonly address: Address
  /** Resolves when all on the scheduler have ended. */
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
