import { Graphline } from '@udpng/chassis'
import { type Component, Outbox, type UdpngError } from '@udpng/core'
import type { Graph, Link, Part } from './graph.js'
import { Junction } from './junction.js'

/** A Graphline whose parts are not known to the compiler. */
type AnyGraphline = new (
  parts: Readonly<Record<string, Component>>,
  linkages: Readonly<Record<string, string>>,
) => Component

/** Gets each `errors` that the file leads nowhere, of the graph and of every session's child. */
export type OnUnread = (errors: Outbox<UdpngError>) => void

/**
 * Wires the parts of a graph; runs nothing.
 *
 * @param component - gives the component of a part, one that is in no other graph
 * @param onUnread - called for the parts of this graph
 */
export function assemble(
  graph: Graph,
  component: (part: Part) => Component,
  onUnread?: OnUnread,
): Component {
  const parts: Record<string, Component> = {}
  for (const part of graph.parts) parts[part.name] = component(part)
  if (onUnread) for (const errors of unreadErrors(graph, parts)) onUnread(errors)
  const linkages: Record<string, string> = {}
  const many = fannedOut(graph.links)
  for (const [name, boxes] of many) {
    const behind = `${name} to many` // no part of a file has a space in its name
    const { length: words = 0 } = boxes.get('signal') ?? []
    const ways = [...boxes].filter(([box]) => box !== 'signal')
    parts[behind] = new Junction(new Map(ways.map(([box, { length }]) => [box, length])), words)
    linkages[`${name}.signal`] = `${behind}.control`
    for (const [box, links] of boxes) {
      if (box !== 'signal') linkages[`${name}.${box}`] = `${behind}.${box}`
      links.forEach(({ to }, i) => {
        linkages[`${behind}.${box}${i + 1}`] = `${to.part}.${to.box}`
      })
    }
  }
  for (const { from, to } of graph.links)
    linkages[`${from.part}.${from.box}`] ??= `${to.part}.${to.box}`
  return new (Graphline as unknown as AnyGraphline)(parts, linkages)
}

/** What parts report, where the file leads it nowhere. */
function unreadErrors(
  { links }: Graph,
  parts: Readonly<Record<string, Component>>,
): Outbox<UdpngError>[] {
  const linked = new Set(links.map(({ from }) => `${from.part}.${from.box}`))
  return Object.entries(parts).flatMap(([name, component]) => {
    const { errors } = component as { readonly errors?: unknown }
    return errors instanceof Outbox && !linked.has(`${name}.errors`) ? [errors] : []
  })
}

/** The links of each part that needs something behind it, by outbox: it has an outbox that leads to several inboxes. */
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
