import type { CardShape } from '../model/structure.js'
import type { Box, Point, Size } from './geometry.js'

// These are also in styles/card.css, and must be.
const CARD_WIDTH = 220
const HEAD_HEIGHT = 34
const ADDRESS_HEIGHT = 18
const ROW_HEIGHT = 20
const PADDING = 8

/** Below each card there is room for a line of what was dropped, and two of what failed: they come and go, and nothing moves. */
export const NOTES_HEIGHT = 46

/** The size of a card, without its notes. */
export function cardSize(shape: CardShape): Size {
  return { width: CARD_WIDTH, height: rowsTop(shape) + rowsOf(shape) * ROW_HEIGHT + PADDING }
}

/** The point where the wire of a box meets its card: an inbox on the left, an outbox on the right. */
export function portOf(card: Box, shape: CardShape, box: string, side: 'in' | 'out'): Point {
  const row = (side === 'in' ? shape.inboxes : shape.outboxes).indexOf(box)
  const index = row < 0 ? rowsOf(shape) - 1 : row
  return {
    x: side === 'in' ? card.x : card.x + card.width,
    y: card.y + rowsTop(shape) + (index + 0.5) * ROW_HEIGHT,
  }
}

function rowsTop({ address }: CardShape): number {
  return HEAD_HEIGHT + (address ? ADDRESS_HEIGHT : 0)
}

function rowsOf({ inboxes, outboxes, more }: CardShape): number {
  return Math.max(inboxes.length, outboxes.length) + (more > 0 ? 1 : 0)
}
