import type { Component } from '@udpng/core'
import { attempt } from './attempt.js'

/** Maximum number of entries of a `stats` that are shown. */
const MAX_NUMBERS = 64

/** Returns the numbers of a component's `stats`, and of the objects in it, by name; undefined if it has none, or throws. */
export function numbersOf(component: Component): Record<string, number> | undefined {
  const numbers = new Map<string, number>()
  const add = (object: object, prefix: string): void => {
    for (const [key, value] of Object.entries(object)) {
      if (numbers.size >= MAX_NUMBERS) return
      if (Number.isFinite(value)) numbers.set(prefix + key, value)
      else if (prefix === '' && typeof value === 'object' && value) add(value, `${key}.`)
    }
  }
  attempt(() => {
    const { stats } = component as { readonly stats?: unknown }
    if (typeof stats === 'object' && stats) add(stats, '')
  })
  return numbers.size > 0 ? Object.fromEntries(numbers) : undefined
}
