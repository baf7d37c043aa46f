/** Characters that are shown. */
const MAX_LENGTH = 80

/**
 * Makes a short text of a value, the same in every message: what has a `name` by that, as components, boxes and functions have;
 * numbers as they are; anything else as JSON. Never throws, whatever the value is.
 */
export function show(value: unknown): string {
  try {
    const text = textOf(value)
    return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}...` : text
  } catch {
    return typeof value // its own code threw, or JSON does not know it
  }
}

function textOf(value: unknown): string {
  const { name } = Object(value) as { readonly name?: unknown }
  if (name && typeof value === 'function') return `function ${name}`
  if (name || typeof value === 'number') return `${name ?? value}`
  return JSON.stringify(value) ?? String(value)
}
