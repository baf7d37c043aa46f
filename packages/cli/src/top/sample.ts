import type { ComponentPicture, Picture } from '@udpng/inspector'

/** What a table shows of a system: at one moment, and since the moment before. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly time: number
  /** Datagrams that peers received and sent, and messages and datagrams that were dropped, each second. */
  readonly received: number
  readonly sent: number
  readonly dropped: number
  /** How many more components live, which the inspector does not show. */
  readonly more: number
  /** In the order of the tree: each below its parent. */
  readonly components: readonly ComponentSample[]
}

/** One component. */
export interface ComponentSample {
  readonly name: string
  /** How many ancestors it has. */
  readonly depth: number
  readonly state: ComponentPicture['state']
  /** Messages taken from its inboxes, and sent through its outboxes, each second. */
  readonly in: number
  readonly out: number
  /** Messages that wait in its fullest inbox, and how many it holds; undefined when unbounded. */
  readonly waiting: number
  readonly capacity: number | undefined
  /** Lost here, ever, and each second. */
  readonly dropped: number
  readonly dropping: number
  readonly address: string | undefined
  readonly error: string | undefined
}

/** Compares two pictures of a system. Rates of the first picture, and of new components, are those since its start. */
export function sampleOf(picture: Picture, before: Picture): Sample {
  const seconds = Math.max((picture.time - before.time) / 1000, 0.001)
  const rate = (now: number, then: number): number => Math.max(0, now - then) / seconds
  const flow = flowOf(picture)
  const flowBefore = flowOf(before)
  const components = inTree(picture).map(([name, depth]): ComponentSample => {
    const now = picture.components[name] as ComponentPicture
    const then = before.components[name]
    const fullest = Object.values(now.inboxes).reduce<
      ComponentPicture['inboxes'][string] | undefined
    >((most, inbox) => (most && most.length >= inbox.length ? most : inbox), undefined)
    return {
      name,
      depth,
      state: now.state,
      in: rate(flow(name).taken, flowBefore(name).taken),
      out: rate(flow(name).sent, flowBefore(name).sent),
      waiting: fullest?.length ?? 0,
      capacity: fullest?.capacity,
      dropped: total(now.drops),
      dropping: rate(total(now.drops), total(then?.drops)),
      address: now.address,
      error: now.error?.message,
    }
  })
  const datagrams = (name: 'received' | 'sent'): number =>
    Object.entries(picture.components).reduce(
      (all, [key, { stats }]) =>
        all + rate(stats?.[name] ?? 0, before.components[key]?.stats?.[name] ?? 0),
      0,
    )
  return {
    time: picture.time,
    more: picture.more,
    received: datagrams('received'),
    sent: datagrams('sent'),
    dropped: components.reduce((all, { dropping }) => all + dropping, 0),
    components,
  }
}

/** The names of all components, each after its parent, with how deep it is. */
function inTree({ components }: Picture): readonly (readonly [name: string, depth: number])[] {
  const children = new Map<string | undefined, string[]>()
  for (const [name, { parent }] of Object.entries(components)) {
    // Of a parent that is no more, nobody knows anything.
    const above = parent !== undefined && parent in components ? parent : undefined
    children.set(above, [...(children.get(above) ?? []), name])
  }
  const found: (readonly [string, number])[] = []
  const walk = (parent: string | undefined, depth: number): void => {
    for (const name of children.get(parent) ?? []) {
      found.push([name, depth])
      walk(name, depth + 1)
    }
  }
  walk(undefined, 0)
  return found
}

/**
 * What each component of a picture has taken and sent, ever: taken from `inbox`, and from whatever others feed; sent to all
 * but services. What a peer's callbacks put into boxes of its own, notices of its socket, is no flow.
 */
function flowOf({ components, links }: Picture): (name: string) => { taken: number; sent: number } {
  const fed = new Set(Object.values(links))
  const toService = (outbox: string): boolean =>
    components[ownerOf(links[outbox])]?.service === true
  return (name) => {
    const flow = { taken: 0, sent: 0 }
    const { inboxes = {}, outboxes = {} } = components[name] ?? {}
    for (const [field, { taken }] of Object.entries(inboxes))
      if (field === 'inbox' || fed.has(`${name}.${field}`)) flow.taken += taken
    for (const [field, { sent }] of Object.entries(outboxes))
      if (!toService(`${name}.${field}`)) flow.sent += sent
    return flow
  }
}

/** `Selector#4` of `Selector#4.requests`. */
function ownerOf(box = ''): string {
  return box.slice(0, box.lastIndexOf('.'))
}

function total(drops: Readonly<Record<string, number>> = {}): number {
  return Object.values(drops).reduce((all, count) => all + count, 0)
}
