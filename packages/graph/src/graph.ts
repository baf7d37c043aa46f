import type { Component } from '@udpng/core'
import type { PartOptions } from './components/component-type.js'

/** A graph as a file describes it, checked: data that says which parts there are, and what leads where. */
export interface Graph {
  readonly parts: readonly Part[]
  readonly links: readonly Link[]
}

/** A part of a graph. */
export interface Part {
  /** The key in `parts`. */
  readonly name: string
  /** The name of its component: `UDPReceiver`. */
  readonly component: string
  /** The options that the file gives it. */
  readonly options: PartOptions
  /** The graph that it makes for each session, of `Sessions`. */
  readonly child?: Graph
  /** Makes the component, a new one with each call. */
  readonly make: () => Component
}

/** One link: what leaves the outbox `from` arrives in the inbox `to`. */
export interface Link {
  readonly from: Port
  readonly to: Port
}

/** A box of a part; of the graph itself when the part is `self`. */
export interface Port {
  readonly part: string
  readonly box: string
}
