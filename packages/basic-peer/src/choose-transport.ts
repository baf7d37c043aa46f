import { createRequire } from 'node:module'
import { debug } from './debug.js'
import { dgramTransport } from './dgram-transport.js'
import type { DatagramTransport } from './transport.js'

/**
 * Which transport a peer uses: `"native"` (`@udpng/native`, or a failed bind), `"dgram"`
 * (`node:dgram`), `"auto"` (native where it is installed and works, else dgram), or one of your own.
 */
export type TransportChoice = 'auto' | 'native' | 'dgram' | DatagramTransport

/**
 * What a choice comes to: for `"auto"`, the environment variable `UDPNG_TRANSPORT` decides. Undefined for
 * anything that is no choice.
 */
export function transportWord(choice: unknown): TransportChoice | undefined {
  const word = (choice === 'auto' && process.env['UDPNG_TRANSPORT']) || choice
  return word === 'auto' ||
    word === 'native' ||
    word === 'dgram' ||
    typeof (word as DatagramTransport | null)?.open === 'function'
    ? (word as TransportChoice)
    : undefined
}

/**
 * Finds the transport.
 *
 * @throws why the native one cannot serve, when just that was asked for
 */
export function findTransport(choice: TransportChoice): DatagramTransport {
  const word = transportWord(choice)
  if (typeof word === 'object') return word
  if (word === 'dgram') return dgramTransport
  try {
    const { nativeTransport } = createRequire(import.meta.url)('@udpng/native') as {
      nativeTransport(): DatagramTransport
    }
    return nativeTransport()
  } catch (why) {
    if (word === 'native') throw why
    debug(`no native transport, node:dgram serves: ${(why as Error).message.split('\n')[0]}`)
    return dgramTransport
  }
}
