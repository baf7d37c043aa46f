import { isAddress, isBytes, isLetter } from '@udpng/datagram'
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
  if (isBytes(item)) return 'bytes'
  if (isAddress(item)) return 'address'
  return isLetter(item) ? 'letter' : undefined
}
