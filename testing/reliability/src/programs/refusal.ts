import type { TransportChoice } from '@udpng/basic-peer'
import type { UdpngError } from '@udpng/core'
import { UDPReceiver } from '@udpng/peers'
import { ALWAYS, ERRNO, strike } from './faulty-addon.js'
import { type Outcome, worksAfterMs } from './outcome.js'

/** Is refused a system call that the native transport needs, from the first one on. */
export async function refusal(
  transport: TransportChoice,
  call: string,
  code: string,
): Promise<Outcome> {
  strike(`${call},any,1,${ALWAYS},${ERRNO[code as keyof typeof ERRNO]}`)
  const failure = await new UDPReceiver({ transport: 'native' }).run().then(
    () => undefined,
    (error: UdpngError) => error,
  )
  const cause = failure?.cause as NodeJS.ErrnoException | undefined
  const asItMust = failure?.code === 'BIND_FAILED' && cause?.code === code && cause.syscall === call
  return {
    recoveryMs: [await worksAfterMs(transport)],
    wrong: asItMust ? [] : [`it is not a failed bind for want of ${call}: ${failure}`],
  }
}
