import type { PartOptions } from './component-type.js'
import type { Kind, Kinds } from './kinds.js'

/** What the items of a list are, taken together. */
export function itemKinds(options: PartOptions): Kinds {
  const kinds = new Set<Kind>()
  for (const item of options['items'] as readonly unknown[]) {
    const kind = kindOf(item)
    if (!kind) return 'any'
    kinds.add(kind)
  }
  return [...kinds]
}

function kindOf(item: unknown): Kind | undefined {
  if (typeof item === 'string') return 'text'
  if (typeof item === 'number') return 'number'
  if (item instanceof Uint8Array) return 'bytes'
  if (!Array.isArray(item) || typeof item[0] !== 'string' || typeof item[1] !== 'number')
    return undefined
  if (item.length === 2) return 'address'
  const [, , data] = item
  const isLetter = item.length === 3 && (typeof data === 'string' || data instanceof Uint8Array)
  return isLetter ? 'letter' : undefined
}
