/** A member by which the objects of any copy of this package are recognized. */
const MEMBERS = {
  'a component': 'readControl',
  'an inbox': 'recv',
  'an outbox': 'discarded',
  'a scheduler': 'snapshot',
} as const

/**
 * Returns the end of a message about a value that is not an instance of a class of this package: what it must be; or, if
 * another copy of the package created it, that there are two copies and how to find them.
 *
 * @param what - what was expected
 * @example
 * throw new UdpngError('BAD_LINK', `cannot link ${show(value)}: ${mustBe('an inbox', value)}`)
 */
export function mustBe(what: keyof typeof MEMBERS, value: unknown): string {
  try {
    if (MEMBERS[what] in Object(value))
      return `it is ${what} of another copy of @udpng/core; see npm ls @udpng/core`
  } catch {
    // its own code threw
  }
  return `it must be ${what}`
}
