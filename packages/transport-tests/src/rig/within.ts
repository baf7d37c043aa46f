import type { Bounds } from '@udpng/basic-peer'
import { expect } from 'vitest'

/** Fails if a true count is not within its bounds; undefined bounds stand for 0. */
export function expectWithin(bounds: Bounds | undefined, count: number): void {
  const { atLeast, atMost, about } = bounds ?? { atLeast: 0, atMost: 0, about: 0 }
  expect(count, `${count} within ${atLeast} to ${atMost}`).toBeGreaterThanOrEqual(atLeast)
  expect(count, `${count} within ${atLeast} to ${atMost}`).toBeLessThanOrEqual(atMost)
  expect(about).toBeGreaterThanOrEqual(atLeast)
  expect(about).toBeLessThanOrEqual(atMost)
}
