import type { Picture } from '../../src/protocol.js'
import { type Endpoint, endpointOf } from './endpoint.js'
import { isOver } from './state.js'

/** A link, as the graph draws it. */
export interface Wire {
  /** Unique: the name of its outbox; with that of its inbox where it leads through a component that is not shown. */
  readonly id: string
  readonly from: Endpoint
  readonly to: Endpoint
  /** Whether it carries control messages: from `signal` or to `control`. */
  readonly control: boolean
}

/** All links of a picture, also those that led from and to what has ended. */
export function wiresOf({ components, links }: Picture): Wire[] {
  const wires: Wire[] = []
  for (const [id, target] of Object.entries(links)) {
    const from = endpointOf(id, components)
    const to = endpointOf(target, components)
    if (from && to)
      wires.push({ id, from, to, control: from.box === 'signal' || to.box === 'control' })
  }
  return wires
}

/** Whether one of its ends runs no more: nothing comes through. */
export function isCut({ from, to }: Wire, components: Picture['components']): boolean {
  return [from, to].some((end) => {
    const component = components[end.component]
    return !component || isOver(component)
  })
}
