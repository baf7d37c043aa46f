/** What `look` gives; undefined when it throws, for it is the code of a component. */
export function attempt<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
