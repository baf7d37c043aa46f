import type { Component } from '@udpng/core'
import { z } from 'zod'
import type { ComponentType, Known } from './component-type.js'
import type { Boxes, Kind, Kinds } from './kinds.js'

/** The shapes of the options of a component, by name. */
export type Shapes = Readonly<Record<string, z.ZodType>>

/** Options of these shapes. Options that were not given are absent, so none is undefined. */
export type OptionsOf<S extends Shapes> = {
  readonly [Name in keyof z.output<z.ZodObject<S>>]: Exclude<
    z.output<z.ZodObject<S>>[Name],
    undefined
  >
}

/** An entry in the table of built-in components. */
export interface Definition<S extends Shapes> {
  readonly name: string
  /** One line for people. */
  readonly summary: string
  /** Creates the shapes of its options, by name. */
  readonly options: () => S
  /** Its boxes without `control` and `signal`; their messages may depend on the options. */
  readonly boxes: Boxes | ((options: OptionsOf<S>) => Boxes)
  readonly child?: Boxes
  /** Creates a component from checked options; `child` creates a component from the option `child`. */
  readonly make: (options: OptionsOf<S>, child?: () => Component) => Component
}

/** Returns the type of a built-in component. Shapes take a millisecond to create, and a file names few components: they are created on demand. */
export function define<S extends Shapes>(definition: Definition<S>): ComponentType {
  const { name, summary, options, boxes, child, make } = definition
  let known: Known | undefined
  return {
    name,
    make: (checked, child) => make(checked as OptionsOf<S>, child),
    get known() {
      known ??= {
        summary,
        options: z.strictObject(options()),
        boxes:
          typeof boxes === 'function' ? (checked) => boxes(checked as OptionsOf<S>) : () => boxes,
        ...(child && { child }),
      }
      return known
    },
  }
}

/** The boxes of a Transformer that passes on messages unchanged. */
export function passing(takes: Kinds): Boxes {
  return { takes: { inbox: takes }, sends: { outbox: { as: 'inbox' }, errors: ['error'] } }
}

/** The boxes of a Transformer that makes new messages. */
export function making(takes: Kinds, ...sends: Kind[]): Boxes {
  return { takes: { inbox: takes }, sends: { outbox: sends, errors: ['error'] } }
}
