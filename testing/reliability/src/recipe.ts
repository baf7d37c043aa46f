import { oddities } from './oddities.js'
import { type Decisions, oneOf } from './random.js'

/** A value as plain data, so that it can be written down and made again. */
export type Recipe =
  | { readonly text: string }
  /** As `Number` reads it: "NaN", "-0", "1e308". */
  | { readonly number: string }
  /** Hexadecimal. */
  | { readonly bytes: string }
  | { readonly list: readonly Recipe[] }
  | { readonly record: readonly (readonly [key: string, value: Recipe])[] }
  /** One of the oddities, by name. */
  | { readonly odd: string }

/** Makes the value. */
export function make(recipe: Recipe): unknown {
  if ('text' in recipe) return recipe.text
  if ('number' in recipe) return Number(recipe.number)
  if ('bytes' in recipe) return new Uint8Array(Buffer.from(recipe.bytes, 'hex'))
  if ('list' in recipe) return recipe.list.map(make)
  if ('record' in recipe) {
    const made = {}
    for (const [key, value] of recipe.record)
      Object.defineProperty(made, key, { value: make(value), enumerable: true, writable: true })
    return made
  }
  const odd = oddities[recipe.odd]
  if (!odd) throw new Error(`there is no oddity ${recipe.odd}`)
  return odd()
}

/** All oddities. */
export const oddRecipes: readonly Recipe[] = Object.keys(oddities).map((odd) => ({ odd }))

/** A recipe for a number, as it stands in one. */
export function numberRecipe(value: number): Recipe {
  return { number: Object.is(value, -0) ? '-0' : String(value) }
}

/** Any value at all. */
export function anyRecipe(decisions: Decisions, depth = 2): Recipe {
  const what = decisions.roll(depth > 0 ? 12 : 9)
  if (what < 3) return { odd: oneOf(decisions, Object.keys(oddities)) }
  if (what < 5) return { text: anyText(decisions) }
  if (what < 7) return anyNumber(decisions)
  if (what < 9) return { bytes: anyBytes(decisions, 24).toString('hex') }
  const items = Array.from({ length: decisions.roll(5) }, () => anyRecipe(decisions, depth - 1))
  if (what < 11) return { list: items }
  return { record: items.map((item) => [oneOf(decisions, KEYS), item] as const) }
}

const KEYS = ['kind', 'cause', 'code', 'why', 'host', 'port', 'data', 'length', 'name', '0', '']
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.5,
  80.5,
  255,
  256,
  65535,
  65536,
  70000,
  0x7fffffff,
  0x80000000,
  2 ** 32,
  2 ** 53,
  1e308,
  -1e308,
  5e-324,
  Number.NaN,
  Infinity,
  -Infinity,
]

/** Whole and broken, small and large. */
export function anyNumber(decisions: Decisions): Recipe {
  return numberRecipe(
    decisions.roll(2) ? oneOf(decisions, NUMBERS) : decisions.roll(200_000) - 1000,
  )
}

/** Pieces that texts are made of: controls, halves of pairs, wide digits, marks that turn the direction, and plain ones. */
const PIECES = [
  'a',
  'B',
  '7',
  '-',
  '_',
  '.',
  ':',
  '%',
  '[',
  ']',
  '/',
  ' ',
  '\n',
  '\r',
  '\t',
  '\0',
  '\x1b[2J',
  '\x7f',
  '\x9b',
  '\u0085',
  '\u00ad',
  '\u0301',
  '\u200b',
  '\u200f',
  '\u2028',
  '\u202e',
  '\u2066',
  '\ufeff',
  '\ufffd',
  '\ud800',
  '\udc00',
  'ü',
  'ß',
  'İ',
  '。',
  '．',
  '１',
  '⒈',
  '⅓',
  '٣',
  '𝟏',
  '中',
  '😀',
  '👩‍👧',
  'שלום',
  'localhost',
  '127.0.0.1',
  '::1',
  '0x7f',
  'fe80::1%lo',
  '__proto__',
  'constructor',
  'then',
]

/** Text of all kinds; now and then longer than a datagram can be. */
export function anyText(decisions: Decisions): string {
  if (decisions.roll(400) === 0) return oneOf(decisions, PIECES).repeat(70_000)
  let text = ''
  for (let n = decisions.roll(6); n > 0; n--)
    text += decisions.roll(4)
      ? oneOf(decisions, PIECES)
      : String.fromCodePoint(decisions.roll(decisions.roll(2) ? 0x250 : 0x110000))
  return text
}

/** Bytes of which many begin a character, or go on with one. */
export function anyBytes(decisions: Decisions, most: number): Buffer {
  const nasty = [
    0x1b, 0x9b, 0xc2, 0xc0, 0x80, 0x85, 0xbf, 0xe0, 0xe2, 0xed, 0xa0, 0xf0, 0xf4, 0x90, 0xff,
  ]
  return Buffer.from(
    Array.from({ length: decisions.roll(most + 1) }, () => {
      const kind = decisions.roll(4)
      if (kind === 0) return decisions.roll(256)
      return kind === 1 ? 0x20 + decisions.roll(0x5f) : oneOf(decisions, nasty)
    }),
  )
}
