import type { Point, Size } from './geometry.js'

/** Target aspect ratio of packed items, that of a screen. */
const ASPECT = 2

/** Puts rectangles side by side in rows, in their order, so that the whole is about as wide as a screen. */
export function pack(sizes: readonly Size[], gap: number): { places: Point[]; size: Size } {
  const area = sizes.reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0)
  const rowWidth = Math.max(Math.sqrt(area * ASPECT), ...sizes.map(({ width }) => width))
  const places: Point[] = []
  let [x, y, rowHeight, widest] = [0, 0, 0, 0]
  for (const { width, height } of sizes) {
    if (x > 0 && x + width > rowWidth) {
      y += rowHeight + gap
      x = rowHeight = 0
    }
    places.push({ x, y })
    widest = Math.max(widest, x + width)
    rowHeight = Math.max(rowHeight, height)
    x += width + gap
  }
  return { places, size: { width: widest, height: y + rowHeight } }
}
