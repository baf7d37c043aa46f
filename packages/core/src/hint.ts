import { nearest } from './nearest.js'

/** Names in one list. */
const MAX_LISTED = 24

/**
 * Makes the end of a message about an unknown name: `did you mean capacity?`, or the names that exist.
 *
 * @param there - what comes before the list, as in `there is`
 */
export function hint(word: string, names: readonly string[], there: string): string {
  const meant = nearest(word, names)
  if (meant !== undefined) return `did you mean ${meant}?`
  const more = names.length > MAX_LISTED ? ', ...' : ''
  return `${there} ${names.slice(0, MAX_LISTED).join(', ') || 'none'}${more}`
}
