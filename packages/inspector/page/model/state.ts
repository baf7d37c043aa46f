import type { BoundsPicture, ComponentPicture, Picture } from '../../src/protocol.js'

/** Whether it runs no more, for whatever reason. */
export function isOver({ state }: ComponentPicture): boolean {
  return state === 'ended' || state === 'failed'
}

/** Whether all that was there has ended; services do not count. */
export function allOver({ components }: Picture): boolean {
  const citizens = Object.values(components).filter(({ service }) => !service)
  return citizens.length > 0 && citizens.every(isOver)
}

/** Total losses at a component, for all reasons; kernel drops by the best estimate. */
export function dropsOf({ drops, kernelDrops }: ComponentPicture): number {
  return lossesOf(drops, kernelDrops).about
}

/** All losses together. */
export function lossesOf(
  drops: Readonly<Record<string, number>>,
  { atLeast, about, atMost }: BoundsPicture = { atLeast: 0, about: 0, atMost: 0 },
): BoundsPicture {
  const counted = Object.values(drops).reduce((sum, count) => sum + count, 0)
  return { atLeast: counted + atLeast, about: counted + about, atMost: counted + atMost }
}
