import type { Picture } from '../../src/protocol.js'

/** One end of a link. */
export interface Endpoint {
  readonly component: string
  readonly box: string
}

/** Splits the name of a box, `Print#2.inbox`; undefined when no component has that name. Both halves may have dots. */
export function endpointOf(name: string, components: Picture['components']): Endpoint | undefined {
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const component = name.slice(0, dot)
    if (Object.hasOwn(components, component)) return { component, box: name.slice(dot + 1) }
  }
  return undefined
}
