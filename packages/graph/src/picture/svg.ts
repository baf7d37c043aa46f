import {
  CHARACTER,
  LINE,
  layOut,
  PADDING,
  type PlacedBox,
  type PlacedEdge,
  type PlacedGroup,
  type PlacedNode,
  type Point,
} from './layout.js'
import type { Picture } from './picture.js'

/** Corner radius of back edges. */
const CORNER = 8

/** Light and dark, as the reader's system is. */
const STYLE = `
  text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328 }
  .back { fill: #ffffff } .node { fill: #f6f8fa; stroke: #59636e } .group { fill: none; stroke: #59636e; stroke-dasharray: 2 4 }
  .name { font-weight: 700; font-size: 13px } .faint { fill: #59636e } .rule { stroke: #d1d9e0 }
  .data { stroke: #0969da } .control { stroke: #9a6700; stroke-dasharray: 5 4 } .edge { fill: none; stroke-width: 1.5 }
  .port { stroke: none } .port.data, .tip.data { fill: #0969da; stroke: none } .port.control, .tip.control { fill: #9a6700; stroke: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .back { fill: #0d1117 } .node { fill: #151b23; stroke: #9198a1 } .group { stroke: #9198a1 }
    .faint { fill: #9198a1 } .rule { stroke: #3d444d }
    .data { stroke: #4493f8 } .control { stroke: #d29922 }
    .port.data, .tip.data { fill: #4493f8 } .port.control, .tip.control { fill: #d29922 }
  }`

/** A picture as an SVG document. */
export function svg(picture: Picture): string {
  const { width, height, nodes, groups, edges } = layOut(picture)
  const size = `width="${round(width)}" height="${round(height)}"`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${round(width)} ${round(height)}" role="img">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="back" ${size}/>`,
    ...groups.map(drawGroup),
    ...edges.map(drawEdge),
    ...nodes.map(drawNode),
    '</svg>\n',
  ].join('\n')
}

function drawGroup({ left, top, width, height, title }: PlacedGroup): string {
  return [
    `<rect class="group" x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" rx="10"/>`,
    write(left + PADDING, top + LINE, title, 'faint'),
  ].join('\n')
}

function drawNode({ node, left, top, width, height, inboxes, outboxes }: PlacedNode): string {
  const { name, component, details } = node
  const lines = [name, component, ...details].map((text, i) =>
    write(left + PADDING, top + PADDING + (i + 0.75) * LINE, text, i === 0 ? 'name' : 'faint'),
  )
  const rule = top + (2 + details.length) * LINE + 1.5 * PADDING
  const hasBoxes = inboxes.length + outboxes.length > 0
  return [
    `<g data-part="${escaped(node.id)}">`,
    `<rect class="node" x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" rx="8"/>`,
    ...lines,
    ...(hasBoxes
      ? [`<path class="rule" d="M${round(left)} ${round(rule)}h${round(width)}"/>`]
      : []),
    ...inboxes.map((box) => drawBox(box, left, 'start')),
    ...outboxes.map((box) => drawBox(box, left + width, 'end')),
    '</g>',
  ].join('\n')
}

function drawBox({ name, control, y }: PlacedBox, x: number, anchor: 'start' | 'end'): string {
  const kind = control ? 'control' : 'data'
  const inside = anchor === 'start' ? x + PADDING : x - PADDING
  return [
    `<circle class="port ${kind}" cx="${round(x)}" cy="${round(y)}" r="3.5"/>`,
    write(inside, y + 4, name, '', anchor),
  ].join('\n')
}

function drawEdge({ edge, points, back }: PlacedEdge): string {
  const kind = edge.control ? 'control' : 'data'
  const { from, to } = edge
  const label = `${from.node}.${from.box} to ${to.node}.${to.box}`
  const { x, y } = points.at(-1) as Point
  return [
    `<g><title>${escaped(label)}</title>`,
    `<path class="edge ${kind}" d="${back ? corners(points) : curve(points)}"/>`,
    `<path class="tip ${kind}" d="M${round(x - 3)} ${round(y)}l-8 -4v8z"/>`,
    '</g>',
  ].join('\n')
}

/** Through all points, each of them passed from left to right. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points as [Point, ...Point[]]
  let path = `M${round(first.x)} ${round(first.y)}`
  let before = first
  for (const point of rest) {
    const middle = (before.x + point.x) / 2
    path += `C${round(middle)} ${round(before.y)} ${round(middle)} ${round(point.y)} ${round(point.x)} ${round(point.y)}`
    before = point
  }
  return path
}

/** Along straight lines, with round corners. */
function corners(points: readonly Point[]): string {
  const [first] = points as [Point]
  let path = `M${round(first.x)} ${round(first.y)}`
  for (let i = 1; i < points.length - 1; i++) {
    const [before, at, after] = points.slice(i - 1, i + 2) as [Point, Point, Point]
    const from = towards(at, before)
    const to = towards(at, after)
    path += `L${round(from.x)} ${round(from.y)}Q${round(at.x)} ${round(at.y)} ${round(to.x)} ${round(to.y)}`
  }
  const last = points.at(-1) as Point
  return `${path}L${round(last.x)} ${round(last.y)}`
}

function towards(at: Point, other: Point): Point {
  const distance = Math.hypot(other.x - at.x, other.y - at.y) || 1
  const part = Math.min(CORNER, distance / 2) / distance
  return { x: at.x + (other.x - at.x) * part, y: at.y + (other.y - at.y) * part }
}

function write(x: number, y: number, text: string, kind: string, anchor = 'start'): string {
  const attributes = `x="${round(x)}" y="${round(y)}"${kind && ` class="${kind}"`}`
  // where the reader's font is wider than the one that was reckoned with, it is squeezed
  const width = `textLength="${round(text.length * CHARACTER * (kind === 'name' ? 13 / 12 : 1))}" lengthAdjust="spacingAndGlyphs"`
  return `<text ${attributes} text-anchor="${anchor}" ${width} xml:space="preserve">${escaped(text)}</text>`
}

function escaped(text: string): string {
  return (
    text
      .replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those that XML does not allow
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
  )
}

function round(number: number): number {
  return Math.round(number * 10) / 10
}
