import { z } from 'zod'
import type { ComponentType, Known, PartOptions } from './component-type.js'
import type { Boxes, Kind, Kinds } from './kinds.js'

/** A built-in component, as the table of them is written. */
export interface Definition {
  readonly name: string
  /** One line for people. */
  readonly summary: string
  /** Makes the shapes of its options, by name. */
  readonly options: () => Readonly<Record<string, z.ZodType>>
  /** Its boxes without `control` and `signal`; what is in some of them follows from the options. */
  readonly boxes: Boxes | ((options: PartOptions) => Boxes)
  readonly child?: Boxes
  readonly make: ComponentType['make']
}

/** The type of a built-in component. Shapes take a millisecond to make, and a file names few of the components: they are made when asked for. */
export function define(definition: Definition): ComponentType {
  const { name, summary, options, boxes, child, make } = definition
  let known: Known | undefined
  return {
    name,
    make,
    get known() {
      known ??= {
        summary,
        options: z.strictObject(options()),
        boxes: typeof boxes === 'function' ? boxes : () => boxes,
        ...(child && { child }),
      }
      return known
    },
  }
}

/** The boxes of a Transformer that passes on what it takes. */
export function passing(takes: Kinds): Boxes {
  return { takes: { inbox: takes }, sends: { outbox: { as: 'inbox' }, errors: ['error'] } }
}

/** The boxes of a Transformer that makes other messages of what it takes. */
export function making(takes: Kinds, ...sends: Kind[]): Boxes {
  return { takes: { inbox: takes }, sends: { outbox: sends, errors: ['error'] } }
}
