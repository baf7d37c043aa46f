/** What JSON leaves as it is and a terminal obeys: DEL, C1, line and paragraph separators, and what turns the direction of writing. */
const DANGEROUS = /[\x7f-\x9f\u2028\u2029]|\p{Bidi_Control}/gu

/** JSON on one line that cannot drive a terminal; a parser reads the same value from it. */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    DANGEROUS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
