import { type Component, Inbox } from '@udpng/core'
import { boxesOf, destinationOf } from '@udpng/core/inspection'
import { attempt } from './attempt.js'

/** The links of a component, from the name of an outbox to that of the inbox it feeds. */
export function* linksOf(component: Component): Generator<[from: string, to: string]> {
  for (const box of attempt(() => boxesOf(component))?.values() ?? []) {
    if (box instanceof Inbox) continue
    const to = destinationOf(box)
    if (to) yield [box.name, to.name]
  }
}
