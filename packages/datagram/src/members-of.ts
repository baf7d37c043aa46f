/**
 * Returns the members of an array of this length; undefined for anything else, even a proxy whose traps throw.
 *
 * @param most - the maximum length, if there may be more members (default: the same length)
 */
export function membersOf(
  value: unknown,
  length: number,
  most: number = length,
): readonly unknown[] | undefined {
  try {
    return Array.isArray(value) && value.length >= length && value.length <= most
      ? [...value]
      : undefined
  } catch {
    return undefined
  }
}
