/**
 * Impairs the datagrams of all sockets of the program like a bad network, in both directions. Load it after `@udpng/dgram/register`. The
 * environment variable `UDPNG_IMPAIR` has the conditions and the seed as JSON, with the names of `ImpairOptions` of `@udpng/simulation`,
 * such as `{"loss":0.1,"delayMs":40,"seed":7}`. The random decisions for a socket follow from the seed and its number in the order of binding.
 *
 * @packageDocumentation
 */
import { subscribe } from 'node:diagnostics_channel'
import { type Conditions, Path, Random } from '@udpng/simulation'
import { type Bound, bound } from './bound-channel.js'
import { impair } from './impair-handle.js'

const { seed = 0, ...conditions } = given(process.env['UDPNG_IMPAIR'] ?? '{}')
const random = new Random(seed)
new Path(random, conditions) // an invalid condition is an error now, not at the first bind
let sockets = 0
subscribe(bound.name, (message) => {
  const { handle } = message as Bound
  ;(message as Bound).impairment = impair(handle, conditions, random.fork(String(sockets++)))
})

function given(text: string): Conditions & { readonly seed?: number } {
  try {
    return JSON.parse(text) as Conditions & { readonly seed?: number }
  } catch (error) {
    throw new Error(`UDPNG_IMPAIR must be JSON, such as {"loss":0.1}: ${(error as Error).message}`)
  }
}
