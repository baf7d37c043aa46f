import { isAddress, isBytes, isLetter } from '@udpng/datagram'
import type { Kind, Kinds } from './kinds.js'

/** Returns the kinds of the items of a list. */
export function itemKinds(items: readonly unknown[]): Kinds {
  const kinds = new Set<Kind>()
  for (const item of items) {
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
