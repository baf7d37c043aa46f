import type { Component } from '@udpng/core'
import type { ComponentType, Options } from './components/component-type.js'

/** A graph as a file describes it, checked. */
export interface Graph {
  readonly parts: readonly Part[]
  readonly links: readonly Link[]
}

/** A part of a graph. */
export interface Part {
  readonly name: string
  readonly type: ComponentType
  readonly options: Options
  /** The one that was made to see whether it can be. It has not run. */
  readonly component: Component
  /** Makes another one. */
  readonly make: () => Component
  /** What the part makes for each session. */
  readonly child?: Graph
}

/** What leads where. */
export interface Link {
  readonly from: Port
  readonly to: Port
}

/** A box of a part; of the graph itself when the part is `self`. */
export interface Port {
  readonly part: string
  readonly box: string
}
