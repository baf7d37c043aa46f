/** Returns the result of `look`; undefined when it throws, because it runs code of a component. */
export function attempt<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
