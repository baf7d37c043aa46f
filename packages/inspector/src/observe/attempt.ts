/** Returns the result of `look`, which runs code of a component; undefined if it throws. */
export function attempt<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
