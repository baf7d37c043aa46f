import { setTimeout as delay } from 'node:timers/promises'
import type { ReceiverOptions } from './receiver.js'
import type { SenderOptions } from './sender.js'
import { type Numbers, Worker } from './worker.js'

/**
 * One process sends to another as fast as it can. Rates and CPU time are those of a window in the middle; loss and
 * accounting are those of the whole.
 */
export async function flow(
  sending: SenderOptions['by'],
  receiving: ReceiverOptions['by'],
  size: number,
  measuredMs: number,
): Promise<Numbers> {
  const receiver = new Worker('receive', { by: receiving } satisfies ReceiverOptions)
  let sender: Worker | undefined
  try {
    const { port = 0 } = await receiver.next()
    sender = new Worker('send', { by: sending, port, size } satisfies SenderOptions)
    await sender.next()
    await delay(measuredMs / 2) // both processes warm up
    const [s1, r1] = await Promise.all([sender.ask('count'), receiver.ask('count')])
    await delay(measuredMs)
    const [s2, r2] = await Promise.all([sender.ask('count'), receiver.ask('count')])
    const { sent = 0 } = await sender.ask('stop')
    const received = await quiet(receiver)
    const { dropped = Number.NaN } = await receiver.ask('dropped')
    const per = (key: string, a: Numbers, b: Numbers): number => (b[key] ?? 0) - (a[key] ?? 0)
    const cpuPerMillion = (key: string, a: Numbers, b: Numbers): number =>
      (per('cpuMs', a, b) / per(key, a, b)) * 1000
    return {
      deliveredPerSecond: (per('received', r1, r2) / per('nowMs', r1, r2)) * 1000,
      sentPerSecond: (per('sent', s1, s2) / per('nowMs', s1, s2)) * 1000,
      senderCpuSecondsPerMillion: cpuPerMillion('sent', s1, s2),
      receiverCpuSecondsPerMillion: cpuPerMillion('received', r1, r2),
      lossPercent: 100 * (1 - received / sent),
      // Only udpng knows what was dropped: then this is 0, or the accounting is wrong.
      unaccounted: sent - received - dropped,
    }
  } finally {
    sender?.end()
    receiver.end()
  }
}

/** What it has received once no more comes. */
async function quiet(receiver: Worker): Promise<number> {
  for (let before = -1; ; ) {
    const { received = 0 } = await receiver.ask('count')
    if (received === before) return received
    before = received
    await delay(100)
  }
}
