import type { Component } from '@udpng/core'
import type { z } from 'zod'
import type { Boxes } from './kinds.js'

/** The options of a part, as the file gives them. */
export type PartOptions = Readonly<Record<string, unknown>>

/** A component that a graph file can name. */
export interface ComponentType {
  readonly name: string
  /** Makes one. `child` makes what the option `child` describes, as often as it is called. */
  readonly make: (options: PartOptions, child?: () => Component) => Component
  /** Undefined for a class that a program adds: then only its constructor knows. */
  readonly known?: Known
}

/** The description of a component: known without constructing one. */
export interface Known {
  /** One line for people. */
  readonly summary: string
  readonly options: z.ZodObject
  /** Its boxes; the messages of some depend on the options. */
  readonly boxes: (options: PartOptions) => Boxes
  /** It has a graph as the option `child`, whose `self.inbox` takes this and whose `self.outbox` sends that. */
  readonly child?: Boxes
}
