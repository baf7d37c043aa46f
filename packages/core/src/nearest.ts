/** Maximum number of consecutive letters that may be wrong, missing or extra. */
const MAX_WRONG = 2

/**
 * Finds the likely name for a misspelt one: in other capitals; with a typo, such as a missing letter or two swapped
 * ones; or from a prefix, such as `idle` for `idleMs`. The time is proportional to the length of
 * the names.
 *
 * @returns the name; undefined if none is similar
 */
export function nearest(word: string, names: readonly string[]): string | undefined {
  return names.find((name) => isLike(name.toLowerCase(), word.toLowerCase()))
}

/** Whether they have the same letters, but for a few between the common beginning and the common end. */
function isLike(name: string, word: string): boolean {
  const shorter = Math.min(name.length, word.length)
  let start = 0
  while (start < shorter && name[start] === word[start]) start++
  let end = 0
  while (end < shorter - start && name.at(-1 - end) === word.at(-1 - end)) end++
  const wrong = Math.max(name.length, word.length) - start - end
  // Of a short name, at most half.
  return start === word.length ? start > MAX_WRONG : wrong <= MAX_WRONG && wrong * 2 <= shorter
}
