import type { Endpoint } from './endpoint.js'
import type { Wire } from './wires.js'

/**
 * The wires between the components that are shown. One that leads to a component that is not shown goes on to where that leads: from
 * its inboxes to its outboxes, and from `control` to `signal`. So what is linked through a junction is drawn as linked.
 */
export function throughHidden(wires: readonly Wire[], shown: ReadonlySet<string>): Wire[] {
  const leaving = new Map<string, Wire[]>()
  for (const wire of wires) {
    const { component } = wire.from
    const others = leaving.get(component)
    if (others) others.push(wire)
    else leaving.set(component, [wire])
  }
  const destinations = (to: Endpoint, seen: Set<string>): Endpoint[] => {
    const place = `${to.component}.${to.box}`
    if (seen.has(place)) return []
    seen.add(place)
    if (shown.has(to.component)) return [to]
    const isControl = to.box === 'control'
    const onward = (leaving.get(to.component) ?? []).filter(
      ({ from }) => (from.box === 'signal') === isControl,
    )
    return onward.flatMap((wire) => destinations(wire.to, seen))
  }
  return wires
    .filter(({ from }) => shown.has(from.component))
    .flatMap((wire) =>
      destinations(wire.to, new Set()).map((to) => (to === wire.to ? wire : leadingTo(wire, to))),
    )
}

function leadingTo({ id, from }: Wire, to: Endpoint): Wire {
  const control = from.box === 'signal' || to.box === 'control'
  return { id: `${id} to ${to.component}.${to.box}`, from, to, control }
}
