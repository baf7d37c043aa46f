import type { Component } from '@udpng/core'
import { attempt } from './attempt.js'

/**
 * Returns the time at which the numbers of a component were read, milliseconds since 1970, if it is a copy of something elsewhere, such as a
 * socket of another process: its field `statsReadAt`. Undefined for any other component, whose numbers are read when it is looked at.
 */
export function readElsewhere(component: Component): number | undefined {
  return attempt(() => {
    const { statsReadAt } = component as { readonly statsReadAt?: unknown }
    return Number.isFinite(statsReadAt) ? (statsReadAt as number) : undefined
  })
}
