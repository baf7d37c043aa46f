import { closeSync, openSync } from 'node:fs'
import type { TransportChoice } from '@udpng/basic-peer'
import type { UdpngError } from '@udpng/core'
import { UDPReceiver } from '@udpng/peers'
import { turn } from 'test-support'
import { type Outcome, Steady, worksAfterMs } from './outcome.js'

/** More than there are: it is run with few. */
const MAX_DESCRIPTORS = 1024

/** Takes all descriptors, and gives them back, again and again. */
export async function descriptors(transport: TransportChoice, times = ''): Promise<Outcome> {
  const steady = await Steady.begin(transport === 'auto' ? 'dgram' : transport)
  const recoveryMs: number[] = []
  const wrong: string[] = []
  const counts = new Set<number>()
  for (let i = 0; i < Number(times); i++) {
    const held = all()
    if (i > 0) counts.add(held.length)
    try {
      const peer = new UDPReceiver({ transport, localAddr: '127.0.0.1' })
      const failure = await peer.run().then(
        () => undefined,
        (error: UdpngError) => error,
      )
      const cause = failure?.cause as NodeJS.ErrnoException | undefined
      if (failure?.code !== 'BIND_FAILED' || cause?.code !== 'EMFILE')
        wrong.push(`it is not a failed bind for want of descriptors: ${failure}`)
      if (!failure?.message.includes('ulimit -n')) wrong.push(`it does not say so: ${failure}`)
      await steady.send(10)
    } finally {
      for (const descriptor of held) closeSync(descriptor)
    }
    recoveryMs.push(await worksAfterMs(transport))
    await turn()
  }
  if (counts.size > 1) wrong.push(`descriptors that were left to take: ${[...counts].join(', ')}`)
  await steady.end()
  return { recoveryMs, wrong }
}

/** Opens files until none can be. */
function all(): readonly number[] {
  const held: number[] = []
  try {
    while (held.length < MAX_DESCRIPTORS) held.push(openSync('/dev/null', 'r'))
    throw new Error(`there are more than ${MAX_DESCRIPTORS} descriptors`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EMFILE') return held
    throw error
  }
}
