import { type Component, Inbox, Outbox } from '@udpng/core'
import type { ComponentType, PartOptions } from './component-type.js'
import type { Boxes, Kinds } from './kinds.js'

/** The boxes of a part: those that are known of its type, or those that a component of it has. */
export function boxesOf(
  { known }: ComponentType,
  options: PartOptions,
  component: Component,
): Boxes {
  if (known) return known.boxes(options)
  const boxes = Object.getOwnPropertyNames(component).map(
    (name) => [name, Reflect.get(component, name)] as const,
  )
  const ofType = (kind: typeof Inbox | typeof Outbox): Record<string, Kinds> =>
    Object.fromEntries(
      boxes.filter(([, box]) => box instanceof kind).map(([name]) => [name, 'any'] as const),
    )
  return { takes: ofType(Inbox), sends: ofType(Outbox) }
}
