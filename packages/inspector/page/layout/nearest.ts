import type { Box, Point } from './geometry.js'

/** The direction of an arrow key. */
export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'

/** The nearest item in that direction, preferring those straight ahead. */
export function nearest(
  from: string,
  direction: Direction,
  boxes: ReadonlyMap<string, Box>,
): string | undefined {
  const start = boxes.get(from)
  if (!start) return undefined
  let best: string | undefined
  let shortest = Infinity
  for (const [name, box] of boxes) {
    if (name === from) continue
    const { ahead, aside } = seen(direction, centre(start), centre(box))
    const distance = ahead + 3 * aside
    if (ahead > 0 && ahead >= aside / 2 && distance < shortest) {
      best = name
      shortest = distance
    }
  }
  return best
}

function seen(
  direction: Direction,
  from: Point,
  to: Point,
): { readonly ahead: number; readonly aside: number } {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  switch (direction) {
    case 'ArrowLeft':
      return { ahead: -dx, aside: Math.abs(dy) }
    case 'ArrowRight':
      return { ahead: dx, aside: Math.abs(dy) }
    case 'ArrowUp':
      return { ahead: -dy, aside: Math.abs(dx) }
    case 'ArrowDown':
      return { ahead: dy, aside: Math.abs(dx) }
  }
}

function centre({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 }
}
