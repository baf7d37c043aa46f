import { printableJson } from '@udpng/console'
import type { Graph, Port } from '../graph.js'

/** The drawing of a graph: flat, with the graphs of sessions as groups. */
export interface Picture {
  readonly nodes: readonly PictureNode[]
  readonly edges: readonly PictureEdge[]
}

/** A part. */
export interface PictureNode {
  readonly id: string
  readonly name: string
  readonly component: string
  /** The node whose sessions it belongs to. */
  readonly group: string | undefined
  /** The most important options, as `localPort 1514`. */
  readonly details: readonly string[]
}

/** A link. */
export interface PictureEdge {
  readonly from: End
  readonly to: End
  /** It leads to `control`, or comes from `signal`. */
  readonly control: boolean
}

/** A box of a node. */
export interface End {
  readonly node: string
  readonly box: string
}

/** Maximum number of options that a node shows, and of characters of each. */
const MAX_DETAILS = 3
const MAX_DETAIL_LENGTH = 28

/** The picture of a graph. */
export function pictureOf(graph: Graph): Picture {
  const nodes: PictureNode[] = []
  const edges: PictureEdge[] = []
  const draw = ({ parts, links }: Graph, group?: string): void => {
    const idOf = (part: string): string => (group === undefined ? part : `${group}/${part}`)
    const endOf = ({ part, box }: Port): End =>
      // a child's own boxes are drawn at the part that makes it
      part === 'self' && group !== undefined
        ? { node: group, box: `self.${box}` }
        : { node: idOf(part), box }
    for (const { name, component, options } of parts) {
      const id = idOf(name)
      nodes.push({ id, name, component, group, details: detailsOf(options) })
    }
    for (const { from, to } of links)
      edges.push({
        from: endOf(from),
        to: endOf(to),
        control: from.box === 'signal' || to.box === 'control',
      })
    for (const { name, child } of parts) if (child) draw(child, idOf(name))
  }
  draw(graph)
  return { nodes, edges }
}

function detailsOf(options: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .slice(0, MAX_DETAILS)
    .map(([name, value]) =>
      shorten(`${name} ${typeof value === 'string' ? oneLine(value) : value}`),
    )
}

function oneLine(text: string): string {
  return printableJson(text).slice(1, -1)
}

function shorten(text: string): string {
  const letters = [...text]
  return letters.length > MAX_DETAIL_LENGTH
    ? `${letters.slice(0, MAX_DETAIL_LENGTH - 1).join('')}…`
    : text
}
