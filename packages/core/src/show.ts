/** Maximum number of characters shown. */
const MAX_LENGTH = 80

/**
 * Formats a value as short text, the same way in every message: components, boxes and functions by `name`, numbers as they are,
 * anything else as JSON, cut after 80 characters. Never throws.
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
