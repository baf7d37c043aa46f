import type { Component } from '@udpng/core'
import type { z } from 'zod'
import type { Boxes } from './kinds.js'

/** The options of a part in the file. */
export type PartOptions = Readonly<Record<string, unknown>>

/** A component that a graph file can name. */
export interface ComponentType {
  readonly name: string
  /** Creates a component. `child` creates a new component from the option `child` with each call. */
  readonly make: (options: PartOptions, child?: () => Component) => Component
  /** Undefined for a class that a program adds: only its constructor knows its options and boxes. */
  readonly known?: Known
}

/** The description of a component: known without constructing one. */
export interface Known {
  /** One line for people. */
  readonly summary: string
  readonly options: z.ZodObject
  /** Its boxes; the messages of some depend on the options. */
  readonly boxes: (options: PartOptions) => Boxes
  /** The boxes of the graph in its option `child`: `self.inbox` and `self.outbox`; undefined without that option. */
  readonly child?: Boxes
}
