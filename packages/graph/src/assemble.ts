import { Graphline } from '@udpng/chassis'
import type { Component, Main } from '@udpng/core'
import type { Graph } from './graph.js'

/** A graph file as one component: a Graphline of its parts. */
export interface GraphComponent extends Component {
  /** The components of the parts, by name; without those of the children of `Sessions`. */
  readonly parts: ReadonlyMap<string, Component>
  main(): Main
}

/** A Graphline whose parts are not known to the compiler. */
type AnyGraphline = new (
  parts: Readonly<Record<string, Component>>,
  linkages: Readonly<Record<string, readonly string[]>>,
) => Component & { main(): Main }

/**
 * Makes the components of a graph and links them: one component that can run, or be a part of another. Nothing runs yet. Each
 * call makes new components, so one graph can run many times. Errors of parts that the file leads nowhere go to `onReport` of the run.
 *
 * @param graph - what `readGraph` returned
 *
 * @example
 * const { graph } = await readGraphFile('relay.yaml')
 * if (graph) await assemble(graph).run()
 */
export function assemble({ parts, links }: Graph): GraphComponent {
  const components: Record<string, Component> = {}
  for (const { name, make } of parts) components[name] = make()
  const linkages: Record<string, string[]> = {}
  for (const { from, to } of links) {
    linkages[`${from.part}.${from.box}`] ??= []
    linkages[`${from.part}.${from.box}`]?.push(`${to.part}.${to.box}`)
  }
  const system = new (Graphline as unknown as AnyGraphline)(components, linkages)
  return Object.assign(system, { parts: new Map(Object.entries(components)) })
}
