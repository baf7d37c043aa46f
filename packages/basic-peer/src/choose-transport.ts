import { createRequire } from 'node:module'
import { debug } from './debug.js'
import { detailsOf } from './system-error.js'
import type { DatagramTransport } from './transport.js'

/**
 * Selects the transport of a peer: `"native"` (`@udpng/native`, or a failed bind), `"dgram"`
 * (`node:dgram`), `"auto"` (the value of the environment variable `UDPNG_TRANSPORT`; without it native, if it is
 * installed and works, otherwise dgram), or your own transport.
 */
export type TransportChoice = 'auto' | 'native' | 'dgram' | DatagramTransport

/** The exports of `@udpng/native` that are used here. */
interface NativePackage {
  nativeTransport(): DatagramTransport
}

/**
 * Finds the transport of each peer of a scheduler. It looks for a missing `@udpng/native` only once: that blocks
 * for up to 2 ms, otherwise for each new client of a relay.
 */
export class TransportFinder {
  /** Why `@udpng/native` cannot be loaded. */
  #missing: { readonly why: unknown } | undefined

  /**
   * Returns the transport for a choice.
   *
   * @param dgram - the transport for `"dgram"`
   * @throws the reason why the native transport does not work, if the choice is `"native"`
   */
  find(choice: TransportChoice, dgram: DatagramTransport): DatagramTransport {
    if (typeof choice !== 'string') return choice
    if (choice !== 'dgram')
      try {
        return this.#native().nativeTransport()
      } catch (why) {
        if (choice === 'native') throw why
        debug(`no native transport: ${detailsOf(why).message.split('\n')[0]}`)
      }
    return dgram
  }

  #native(): NativePackage {
    if (this.#missing) throw this.#missing.why
    try {
      return createRequire(import.meta.url)('@udpng/native') as NativePackage
    } catch (why) {
      // Other failures may be temporary, such as too many open files.
      if (detailsOf(why).code === 'MODULE_NOT_FOUND') this.#missing = { why }
      throw why
    }
  }
}
