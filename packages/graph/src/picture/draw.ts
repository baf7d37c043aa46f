import type { Graph } from '../graph.js'
import { mermaid } from './mermaid.js'
import { pictureOf } from './picture.js'
import { svg } from './svg.js'

/** A flowchart in the language of Mermaid, which GitHub and editors draw, or an SVG document, for light and dark screens. */
export type PictureFormat = 'mermaid' | 'svg'

/**
 * Draws a graph: each part with its component and up to three options, and each link from outbox to inbox, dashed if it
 * carries control messages. The children of `Sessions` are drawn inside them. Names and options of a file are escaped: they are
 * never code in the picture.
 *
 * @param format - `"mermaid"` (default) or `"svg"`
 */
export function draw(graph: Graph, format: PictureFormat = 'mermaid'): string {
  const picture = pictureOf(graph)
  return format === 'svg' ? svg(picture) : mermaid(picture)
}
