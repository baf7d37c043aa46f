import { setTimeout as delay } from 'node:timers/promises'
import type { Entrant } from './compare.js'
import type { Load } from './load.js'
import { IN_NAMESPACE, join } from './namespaces.js'
import type { ReceiverOptions } from './receiver.js'
import type { SenderOptions } from './sender.js'
import type { ViewerOptions } from './viewer.js'
import { type Numbers, Worker } from './worker.js'

/**
 * Two processes: in its turn, one sends to the other.
 *
 * @param measure - how: as fast as it can by default
 */
export async function openFlow(
  sending: SenderOptions['by'],
  receiving: ReceiverOptions['by'],
  load: Load,
  turnMs: number,
  measure: typeof turn = turn,
): Promise<Entrant> {
  const { destinations, idle, apart, inspected } = load
  const host = destinations === 1 && !apart ? '127.0.0.1' : '0.0.0.0'
  const within = apart ? IN_NAMESPACE : []
  const receiver = new Worker(
    'receive',
    { by: receiving, host, idle, inspected } satisfies ReceiverOptions,
    within,
  )
  const { port = 0, page: receiverPage = 0 } = await receiver.next()
  const sender = new Worker('send', { by: sending, port, load } satisfies SenderOptions, within)
  const { page: senderPage = 0 } = await sender.next()
  if (apart) join(sender, receiver)
  const viewer =
    inspected === 'with a viewer'
      ? new Worker('view', { pages: [receiverPage, senderPage] } satisfies ViewerOptions)
      : undefined
  await viewer?.next()
  return {
    measure: () => measure(sender, receiver, turnMs),
    close() {
      viewer?.end()
      sender.end()
      receiver.end()
    },
  }
}

/** First as fast as it can; then half as fast as it was delivered, which is what the numbers are about. */
export async function turnAtHalf(
  sender: Worker,
  receiver: Worker,
  turnMs: number,
): Promise<Numbers> {
  const { deliveredPerSecond = 0 } = await turn(sender, receiver, turnMs)
  return turn(sender, receiver, turnMs, { perSecond: deliveredPerSecond / 2 })
}

/** Rates and CPU time are those of a window in the middle; loss and accounting are those of the whole turn. */
async function turn(
  sender: Worker,
  receiver: Worker,
  turnMs: number,
  pace: Numbers = {},
): Promise<Numbers> {
  const count = () => Promise.all([sender.ask('count'), receiver.ask('count')])
  const since = (key: string, [a, b]: readonly [Numbers, Numbers]): number =>
    (b[key] ?? Number.NaN) - (a[key] ?? Number.NaN)
  const [s0, r0] = await count()
  await sender.ask('start', pace)
  await delay(turnMs / 4)
  const [s1, r1] = await count()
  await delay(turnMs)
  const [s2, r2] = await count()
  const whole = [s0, await sender.ask('stop')] as const
  const wholeReceived = [r0, await quiet(receiver)] as const
  const s = [s1, s2] as const
  const r = [r1, r2] as const
  const sent = since('sent', whole)
  const received = since('received', wholeReceived)
  return {
    deliveredPerSecond: (since('received', r) / since('nowMs', r)) * 1000,
    sentPerSecond: (since('sent', s) / since('nowMs', s)) * 1000,
    senderCpuSecondsPerMillion: (since('cpuMs', s) / since('sent', s)) * 1000,
    receiverCpuSecondsPerMillion: (since('cpuMs', r) / since('received', r)) * 1000,
    lossPercent: 100 * (1 - received / sent),
    // Only udpng knows what was dropped: then this is 0, or the accounting is wrong.
    unaccounted: sent - received - since('dropped', wholeReceived),
  }
}

/** What it has counted once no more comes. */
async function quiet(receiver: Worker): Promise<Numbers> {
  for (let before: unknown; ; ) {
    const numbers = await receiver.ask('count')
    if (numbers['received'] === before) return numbers
    before = numbers['received']
    await delay(30)
  }
}
