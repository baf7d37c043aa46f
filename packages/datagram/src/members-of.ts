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
    if (!Array.isArray(value)) return undefined
    const own = value.length
    // Not by its iterator, which may be another one, and never end.
    return own >= length && own <= most
      ? Array.from({ length: own }, (_, i) => value[i])
      : undefined
  } catch {
    return undefined
  }
}
