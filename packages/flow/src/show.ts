/** A value as a short text, whatever it is. */
export function show(value: unknown): string {
  try {
    return String(value)
  } catch {
    return typeof value // its own code threw
  }
}
