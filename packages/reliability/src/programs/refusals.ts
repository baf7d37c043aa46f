import type { TransportChoice } from '@udpng/basic-peer'
import type { UdpngError } from '@udpng/core'
import { UDPReceiver } from '@udpng/peers'
import { ALWAYS, ERRNO, strike } from './faulty-addon.js'
import { type Outcome, worksAfterMs } from './outcome.js'

const REFUSALS = [
  ['sendmmsg', 'ENOSYS'],
  ['sendmmsg', 'EPERM'],
  ['recvmmsg', 'ENOSYS'],
  ['recvmmsg', 'EPERM'],
  ['socket', 'EPERM'],
] as const

/** Is refused what the native transport needs, in every way; at the end it is not, and native serves. */
export async function refusals(transport: TransportChoice): Promise<Outcome> {
  const recoveryMs: number[] = []
  const wrong: string[] = []
  for (const [call, code] of REFUSALS) {
    strike(`${call},any,1,${ALWAYS},${ERRNO[code]}`)
    const failure = await new UDPReceiver({ transport: 'native' }).run().then(
      () => undefined,
      (error: UdpngError) => error,
    )
    const cause = failure?.cause as NodeJS.ErrnoException | undefined
    if (failure?.code !== 'BIND_FAILED' || cause?.code !== code || cause.syscall !== call)
      wrong.push(`it is no failed bind for want of ${call}: ${failure}`)
    recoveryMs.push(await worksAfterMs(transport))
  }
  strike()
  recoveryMs.push(await worksAfterMs('native'))
  return { recoveryMs, wrong }
}
