import type { TransportChoice } from '@udpng/basic-peer'
import { producerFinished } from '@udpng/core'
import { eventually } from 'test-support'
import type { Account } from '../accounting.js'
import { Traffic } from '../traffic.js'

/**
 * Floods until it is asked to leave by a signal.
 *
 * @param how - "drain": all that waits is sent and read; "stop": it ends at once
 */
export async function signals(transport: TransportChoice, how = ''): Promise<Account> {
  let isTold = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      isTold = true
    })
  const traffic = await Traffic.begin(transport)
  const { sender, scheduler } = traffic
  traffic.flood(() => how === 'stop' || !isTold)
  const until = (fact: () => boolean, what: string, withinMs?: number): Promise<void> =>
    eventually(
      () => {
        traffic.take()
        return fact()
      },
      what,
      withinMs,
    )
  await until(() => traffic.account.received > 1000, 'a flood')
  console.log('under way')
  await until(() => isTold, 'a signal', 60_000)
  if (how === 'drain') {
    sender.control.deliver(producerFinished())
    await until(() => sender.ended, 'the end of the sender')
    await traffic.calm(true)
  } else scheduler.stop()
  await traffic.abandon()
  return traffic.account
}
