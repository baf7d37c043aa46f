/** Longer names are not compared: it costs the product of their lengths. */
const MAX_LENGTH = 40
const MAX_LISTED = 24

/** The word that somebody meant who wrote `word`; undefined when none is like it. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  if (word.length > MAX_LENGTH) return undefined
  let best: string | undefined
  let least = Math.floor(word.length / 3) + 1
  for (const other of words) {
    if (other.length > MAX_LENGTH) continue
    const distance = edits(word.toLowerCase(), other.toLowerCase())
    if (distance < least) {
      best = other
      least = distance
    }
  }
  return best
}

/**
 * `; did you mean X?`, or what there is.
 *
 * @param there - what comes before the list: `it has`
 */
export function hint(word: string, words: Iterable<string>, there: string = 'there is'): string {
  const all = [...words]
  const near = nearest(word, all)
  if (near !== undefined) return `; did you mean ${near}?`
  const list = all.slice(0, MAX_LISTED).join(', ')
  if (all.length === 0) return `; ${there} none`
  return `; ${there} ${list}${all.length > MAX_LISTED ? ', ...' : ''}`
}

/** A name as errors show it. */
export function quoted(name: string): string {
  const letters = [...name]
  return JSON.stringify(
    letters.length > MAX_LENGTH ? `${letters.slice(0, MAX_LENGTH).join('')}...` : name,
  )
}

/** How many letters must be put in, left out, changed or swapped with their neighbour. */
function edits(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next[j] = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + (same ? 0 : 1),
        swapped ? (before[j - 2] as number) + 1 : Infinity,
      )
    }
    before = row
    row = next
  }
  return row[b.length] as number
}
