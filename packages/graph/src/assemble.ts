import { Graphline } from '@udpng/chassis'
import { type Component, type Main, Outbox, type UdpngError } from '@udpng/core'
import type { Graph, Link, OnUnlinkedErrors } from './graph.js'
import { Junction } from './junction.js'

/** Options of `assemble`: all optional. */
export interface AssembleOptions {
  /**
   * Called with each `errors` outbox of a part that the file leads nowhere: for the parts of the graph at once, for
   * those of a session's child when the session starts (default: the first error of each kind is a process warning).
   */
  readonly onUnlinkedErrors?: OnUnlinkedErrors | undefined
}

/** A graph file as one component: a Graphline of its parts. */
export interface GraphComponent extends Component {
  /** The components of the parts, by name; without those of the children of `Sessions`. */
  readonly parts: ReadonlyMap<string, Component>
  main(): Main
}

/** A Graphline whose parts are not known to the compiler. */
type AnyGraphline = new (
  parts: Readonly<Record<string, Component>>,
  linkages: Readonly<Record<string, string>>,
) => Component & { main(): Main }

/**
 * Makes the components of a graph and links them: one component that can run, or be a part of another. Nothing runs yet. Each
 * call makes new components, so one graph can run many times.
 *
 * @param graph - what `readGraph` returned
 * @param options.onUnlinkedErrors - called with each `errors` outbox that the file leads nowhere
 *
 * @example
 * const { graph } = await readGraphFile('relay.yaml')
 * if (graph) await assemble(graph).run()
 */
export function assemble(graph: Graph, options: AssembleOptions = {}): GraphComponent {
  const { onUnlinkedErrors } = options
  const parts: Record<string, Component> = {}
  for (const part of graph.parts) parts[part.name] = part.make(onUnlinkedErrors)
  if (onUnlinkedErrors) for (const errors of unlinkedErrors(graph, parts)) onUnlinkedErrors(errors)
  const { junctions, linkages } = linkagesOf(graph.links)
  const system = new (Graphline as unknown as AnyGraphline)({ ...parts, ...junctions }, linkages)
  return Object.assign(system, { parts: new Map(Object.entries(parts)) })
}

/** Links as a Graphline takes them, where one outbox leads to one inbox: with a junction behind each part whose outbox leads to several. */
function linkagesOf(links: readonly Link[]): {
  junctions: Readonly<Record<string, Junction>>
  linkages: Readonly<Record<string, string>>
} {
  const junctions: Record<string, Junction> = {}
  const linkages: Record<string, string> = {}
  for (const [name, boxes] of fannedOut(links)) {
    const behind = `${name} to many` // no part of a file has a space in its name
    const { length: signals = 0 } = boxes.get('signal') ?? []
    const ways = [...boxes].filter(([box]) => box !== 'signal')
    junctions[behind] = new Junction(
      new Map(ways.map(([box, { length }]) => [box, length])),
      signals,
    )
    linkages[`${name}.signal`] = `${behind}.control`
    for (const [box, links] of boxes) {
      if (box !== 'signal') linkages[`${name}.${box}`] = `${behind}.${box}`
      links.forEach(({ to }, i) => {
        linkages[`${behind}.${box}${i + 1}`] = `${to.part}.${to.box}`
      })
    }
  }
  for (const { from, to } of links) linkages[`${from.part}.${from.box}`] ??= `${to.part}.${to.box}`
  return { junctions, linkages }
}

/** The `errors` outboxes of parts that no link leads on from. */
function unlinkedErrors(
  { links }: Graph,
  parts: Readonly<Record<string, Component>>,
): Outbox<UdpngError>[] {
  const linked = new Set(links.map(({ from }) => `${from.part}.${from.box}`))
  return Object.entries(parts).flatMap(([name, component]) => {
    const { errors } = component as { readonly errors?: unknown }
    return errors instanceof Outbox && !linked.has(`${name}.errors`) ? [errors] : []
  })
}

/** The links of each part that needs a junction behind it, by outbox: it has an outbox that leads to several inboxes. */
function fannedOut(links: readonly Link[]): Map<string, Map<string, Link[]>> {
  const parts = new Map<string, Map<string, Link[]>>()
  for (const link of links) {
    const { part, box } = link.from
    const boxes = parts.get(part) ?? new Map<string, Link[]>()
    boxes.set(box, [...(boxes.get(box) ?? []), link])
    parts.set(part, boxes)
  }
  for (const [part, boxes] of parts) {
    if ([...boxes.values()].every((to) => to.length < 2)) parts.delete(part)
    for (const [box, to] of boxes) if (to.length < 2 && box !== 'signal') boxes.delete(box)
  }
  return parts
}
