import type { BoundsPicture, ComponentPicture, Picture } from '../../src/protocol.js'

/** Whether it runs no more, for whatever reason. */
export function isOver({ state }: ComponentPicture): boolean {
  return state === 'ended' || state === 'failed'
}

/** Whether all that was there has ended; plumbing does not count. */
export function allOver({ components }: Picture): boolean {
  const parts = Object.values(components).filter(({ plumbing }) => !plumbing)
  return parts.length > 0 && parts.every(isOver)
}

/** Whether a component is hidden by default: plumbing that has neither failed nor dropped anything. */
export function isHidden(component: ComponentPicture): boolean {
  return component.plumbing === true && component.state !== 'failed' && dropsOf(component) === 0
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
