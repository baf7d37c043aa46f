/** Returns the members of an array of this length; undefined for anything else, even a proxy whose traps throw. */
export function membersOf(value: unknown, length: number): readonly unknown[] | undefined {
  try {
    return Array.isArray(value) && value.length === length ? [...value] : undefined
  } catch {
    return undefined
  }
}
