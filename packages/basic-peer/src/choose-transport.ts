import { createRequire } from 'node:module'
import { debug } from './debug.js'
import { detailsOf } from './system-error.js'
import type { DatagramTransport } from './transport.js'

/**
 * Which transport a peer uses: `"native"` (`@udpng/native`, or a failed bind), `"dgram"`
 * (`node:dgram`), `"auto"` (what the environment variable `UDPNG_TRANSPORT` says, else native where it is
 * installed and works, else dgram), or one of your own.
 */
export type TransportChoice = 'auto' | 'native' | 'dgram' | DatagramTransport

/** The exports of `@udpng/native` that are used here. */
interface NativePackage {
  nativeTransport(): DatagramTransport
}

/**
 * Finds the transport of each peer of a scheduler. Where `@udpng/native` is not installed, it is looked for once: that blocks
 * for up to 2 ms, and each new client of a relay would pay it.
 */
export class TransportFinder {
  /** Why `@udpng/native` cannot be loaded. */
  #missing: { readonly why: unknown } | undefined

  /**
   * Finds the transport that a choice stands for.
   *
   * @param dgram - what `"dgram"` stands for
   * @throws why the native one cannot serve, when just that was asked for
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
      // Anything else may pass: too many open files, for one.
      if (detailsOf(why).code === 'MODULE_NOT_FOUND') this.#missing = { why }
      throw why
    }
  }
}
