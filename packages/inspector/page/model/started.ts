import type { ComponentPicture, Picture } from '../../src/protocol.js'

/** All components in the order in which they were started, which the number at the end of a name tells; also those that have ended. */
export function inOrderOfStart({ components }: Picture): [name: string, ComponentPicture][] {
  return Object.entries(components).sort(([a], [b]) => numberOf(a) - numberOf(b))
}

function numberOf(name: string): number {
  const number = Number(name.slice(name.lastIndexOf('#') + 1))
  return Number.isFinite(number) ? number : 0
}
