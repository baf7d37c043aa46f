import { nearest } from './nearest.js'

/** Maximum number of names in a list. */
const MAX_LISTED = 24

/**
 * Returns the end of a message about an unknown name: `did you mean capacity?`, or the known names, at most 24.
 *
 * @param there - the text before the list, such as `there is`
 */
export function hint(word: string, names: readonly string[], there: string): string {
  const meant = nearest(word, names)
  if (meant !== undefined) return `did you mean ${meant}?`
  const more = names.length > MAX_LISTED ? ', ...' : ''
  return `${there} ${names.slice(0, MAX_LISTED).join(', ') || 'none'}${more}`
}
