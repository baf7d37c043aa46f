import type { BoundsPicture, ComponentPicture, Picture } from '@udpng/inspector'
import { inTree } from './in-tree.js'

/** The data of a table: a system at one moment, and since the moment before. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly time: number
  /** Datagrams that sockets received and sent, and messages and datagrams that were dropped, each second. */
  readonly received: number
  readonly sent: number
  readonly dropped: number
  /** Messages and datagrams dropped, ever. */
  readonly losses: BoundsPicture
  /** Messages that components took, and neither passed on nor counted. */
  readonly unaccounted: number
  /** Number of components that the inspector does not show. */
  readonly more: number
  /** In the order of the tree: each below its parent. */
  readonly components: readonly ComponentSample[]
}

/** One component. */
export interface ComponentSample {
  readonly name: string
  /** Number of ancestors. */
  readonly depth: number
  readonly state: ComponentPicture['state']
  /** Whether it only serves or connects others: a table shows it only if it failed or dropped something. */
  readonly plumbing: boolean
  /** Messages of data taken from its inboxes, and sent through its outboxes, each second. */
  readonly in: number
  readonly out: number
  /** Datagrams of its socket, each second. */
  readonly received: number
  readonly sent: number
  /** Messages that wait in its fullest inbox for data, and how many it holds; undefined when unbounded. */
  readonly waiting: number
  readonly capacity: number | undefined
  /** Lost here, ever, and each second. */
  readonly losses: BoundsPicture
  readonly dropping: number
  readonly address: string | undefined
  readonly error: string | undefined
}

/**
 * Compares two pictures of a system. A rate is a difference divided by the time between the two readings of its numbers. Rates of new components
 * are those since their start.
 *
 * @param last - the sample before: where there is no new reading, its rates stay
 */
export function sampleOf(picture: Picture, before: Picture, last?: Sample): Sample {
  const earlier = new Map(last?.components.map((sample) => [sample.name, sample]))
  const components = inTree(picture).map(({ name, depth }) => {
    const now = picture.components[name] as ComponentPicture
    const then = before.components[name]?.id === now.id ? before.components[name] : undefined
    const perSecond = rateIn(picture.time - before.time)
    const readPerSecond = rateIn((now.readAt ?? picture.time) - (then?.readAt ?? before.time))
    const [flow, flowBefore] = [flowOf(now), flowOf(then)]
    const fullest = fullestOf(now)
    const losses = lossesOf(now)
    return {
      name,
      depth,
      state: now.state,
      plumbing: now.plumbing === true,
      in: perSecond(flow.taken, flowBefore.taken) ?? 0,
      out: perSecond(flow.sent, flowBefore.sent) ?? 0,
      received:
        readPerSecond(now.datagrams?.received, then?.datagrams?.received) ??
        earlier.get(name)?.received ??
        0,
      sent:
        readPerSecond(now.datagrams?.sent, then?.datagrams?.sent) ?? earlier.get(name)?.sent ?? 0,
      waiting: fullest?.length ?? 0,
      capacity: fullest?.capacity,
      losses,
      dropping:
        readPerSecond(losses.about, lossesOf(then).about) ?? earlier.get(name)?.dropping ?? 0,
      address: now.address,
      error: now.error?.message,
    } satisfies ComponentSample
  })
  const { account } = picture
  const losses = lossesOf({ ...account, drops: account.dropped })
  const lossesBefore = lossesOf({ ...before.account, drops: before.account.dropped })
  const accountPerSecond = rateIn(
    (account.readAt ?? picture.time) - (before.account.readAt ?? before.time),
  )
  return {
    time: picture.time,
    more: picture.more,
    received: components.reduce((all, { received }) => all + received, 0),
    sent: components.reduce((all, { sent }) => all + sent, 0),
    dropped: accountPerSecond(losses.about, lossesBefore.about) ?? last?.dropped ?? 0,
    losses,
    unaccounted: account.unaccounted,
    components,
  }
}

/** Makes rates of counts that were read `ms` after each other; undefined where that is not after. */
function rateIn(ms: number): (now?: number, then?: number) => number | undefined {
  return (now = 0, then = 0) => (ms > 0 ? (Math.max(0, now - then) * 1000) / ms : undefined)
}

/** Total messages of data that a component has taken and sent. */
function flowOf(component: ComponentPicture | undefined): { taken: number; sent: number } {
  const flow = { taken: 0, sent: 0 }
  for (const { taken, plumbing } of Object.values(component?.inboxes ?? {}))
    if (!plumbing) flow.taken += taken
  for (const { sent, plumbing } of Object.values(component?.outboxes ?? {}))
    if (!plumbing) flow.sent += sent
  return flow
}

function fullestOf({ inboxes }: ComponentPicture): ComponentPicture['inboxes'][string] | undefined {
  let fullest: ComponentPicture['inboxes'][string] | undefined
  for (const inbox of Object.values(inboxes))
    if (!inbox.plumbing && !(fullest && fullest.length >= inbox.length)) fullest = inbox
  return fullest
}

function lossesOf(
  { drops, kernelDrops }: Pick<ComponentPicture, 'drops' | 'kernelDrops'> = { drops: {} },
): BoundsPicture {
  const counted = Object.values(drops).reduce((all, count) => all + count, 0)
  const { atLeast = 0, about = 0, atMost = 0 } = kernelDrops ?? {}
  return { atLeast: counted + atLeast, about: counted + about, atMost: counted + atMost }
}
