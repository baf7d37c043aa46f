import { badOption } from '@udpng/core/options'

const MASK = 0xffff_ffff_ffff_ffffn

/** SplitMix64: the next state, and what it gives. Steele, Lea, Flood: "Fast splittable pseudorandom number generators". */
function mix(state: bigint): [next: bigint, value: bigint] {
  const next = (state + 0x9e3779b97f4a7c15n) & MASK
  let value = ((next ^ (next >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK
  value = ((value ^ (value >> 27n)) * 0x94d049bb133111ebn) & MASK
  return [next, value ^ (value >> 31n)]
}

/**
 * Generates random numbers from a 64-bit seed: the same on every machine and in every version of this package,
 * because a recorded seed must replay forever. So they do not come from a library.
 *
 * @see Blackman, Vigna: "Scrambled linear pseudorandom number generators" (xoshiro128**)
 */
export class Random {
  /** The seed. */
  readonly seed: bigint
  readonly #state = new Int32Array(4)
  /** The second of a pair of normal numbers. */
  #spare: number | undefined

  /**
   * @param seed - a whole number; the lowest 64 bits count
   * @throws {UdpngError} `BAD_OPTION` for an invalid seed
   */
  constructor(seed: bigint | number) {
    if (typeof seed !== 'bigint' && !Number.isSafeInteger(seed))
      throw badOption('make random numbers', 'seed', seed, 'a whole number')
    this.seed = BigInt.asUintN(64, BigInt(seed))
    let state = this.seed
    for (let i = 0; i < 4; i += 2) {
      const [next, value] = mix(state)
      state = next
      this.#state[i] = Number(value & 0xffffffffn)
      this.#state[i + 1] = Number(value >> 32n)
    }
  }

  /** Returns another generator, determined by the seed and a name, whatever was drawn here. */
  fork(name: string): Random {
    let state = this.seed
    for (const unit of name) state = mix(state ^ BigInt(unit.codePointAt(0) as number))[1]
    return new Random(mix(state)[1])
  }

  /** Returns a 32-bit number, 0 or greater. */
  bits(): number {
    const s = this.#state
    const [s0, s1, s2, s3] = [s[0] as number, s[1] as number, s[2] as number, s[3] as number]
    const product = Math.imul(s1, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9)
    const t = s1 << 9
    const x2 = s2 ^ s0
    const x3 = s3 ^ s1
    s[0] = s0 ^ x3
    s[1] = s1 ^ x2
    s[2] = x2 ^ t
    s[3] = (x3 << 11) | (x3 >>> 21)
    return result >>> 0
  }

  /** Returns a number from 0 to 1, excluding 1. */
  fraction(): number {
    return ((this.bits() >>> 5) * 0x4000000 + (this.bits() >>> 6)) / 0x20000000000000
  }

  /** Returns a whole number from 0 to `count`, excluding `count`. */
  below(count: number): number {
    return Math.floor(this.fraction() * count)
  }

  /** Returns true with this probability. For 0 and 1, nothing is drawn. */
  chance(probability: number): boolean {
    return probability >= 1 || (probability > 0 && this.fraction() < probability)
  }

  /** Returns a normally distributed number with mean 0 and standard deviation 1 (Box-Muller). */
  normal(): number {
    const spare = this.#spare
    if (spare !== undefined) {
      this.#spare = undefined
      return spare
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.fraction()))
    const angle = 2 * Math.PI * this.fraction()
    this.#spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}
