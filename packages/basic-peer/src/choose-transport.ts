import { createRequire } from 'node:module'
import { debug } from './debug.js'
import type { DatagramTransport } from './transport.js'

/**
 * Which transport a peer uses: `"native"` (`@udpng/native`, or a failed bind), `"dgram"`
 * (`node:dgram`), `"auto"` (what the environment variable `UDPNG_TRANSPORT` says, else native where it is
 * installed and works, else dgram), or one of your own.
 */
export type TransportChoice = 'auto' | 'native' | 'dgram' | DatagramTransport

/**
 * Finds the transport.
 *
 * @param dgram - what `"dgram"` stands for
 * @throws why the native one cannot serve, when just that was asked for
 */
export function findTransport(
  choice: TransportChoice,
  dgram: DatagramTransport,
): DatagramTransport {
  if (typeof choice !== 'string') return choice
  if (choice !== 'dgram')
    try {
      return createRequire(import.meta.url)('@udpng/native').nativeTransport()
    } catch (why) {
      if (choice === 'native') throw why
      debug(`no native transport: ${(why as Error).message.split('\n')[0]}`)
    }
  return dgram
}
