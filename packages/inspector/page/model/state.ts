import type { ComponentPicture, Picture } from '../../src/protocol.js'

/** Whether it runs no more, for whatever reason. */
export function isOver({ state }: ComponentPicture): boolean {
  return state === 'ended' || state === 'failed'
}

/** Whether all that was there has ended; services do not count. */
export function allOver({ components }: Picture): boolean {
  const citizens = Object.values(components).filter(({ service }) => !service)
  return citizens.length > 0 && citizens.every(isOver)
}

/** What is lost at a component, ever, whatever the reason. */
export function dropsOf({ drops }: ComponentPicture): number {
  return Object.values(drops).reduce((sum, count) => sum + count, 0)
}
