import { type Component, Inbox, Outbox } from '@udpng/core'
import type { ComponentType, PartOptions } from './component-type.js'
import type { Boxes, Kinds } from './kinds.js'

/** Returns the boxes of a part: those declared for its type, otherwise those of a component of that type. */
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
