import type { ComponentPicture, Picture } from '../../src/protocol.js'

/** All components in the order in which they were started, those that have ended included. */
export function inOrderOfStart({ components }: Picture): [name: string, ComponentPicture][] {
  return Object.entries(components).sort(([, a], [, b]) => a.id - b.id)
}
