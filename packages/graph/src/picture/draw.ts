import type { Graph } from '../graph.js'
import { mermaid } from './mermaid.js'
import { pictureOf } from './picture.js'
import { svg } from './svg.js'

/** A graph as a picture, in one of two languages. */
export function draw(graph: Graph, language: 'mermaid' | 'svg'): string {
  const picture = pictureOf(graph)
  return language === 'svg' ? svg(picture) : mermaid(picture)
}
