import type { Account, Bounds } from '@udpng/core'
import { grouped } from '../options/quantities.js'

/** The number of datagrams and messages lost for one reason. */
export interface Loss {
  /** The reason in the account. It may contain blanks: components choose their reasons. */
  readonly reason: string
  /** The part, if losses are listed by part. */
  readonly part?: string | undefined
  readonly count: number
}

/** The losses of a system, from its account. */
export interface Losses {
  /** Only reasons that happened. */
  readonly counts: readonly Loss[]
  /** Messages that neither arrived nor were dropped. While a system runs that is not a loss; after its end it is. */
  readonly waiting: number
  readonly kernelDrops: Bounds
  /** Datagrams that the network reported as undeliverable: a lower bound; undefined if it is not known. */
  readonly refused: number | undefined
  /** Whether all losses are counted: only then a count of 0 means that nothing was lost. */
  readonly complete: boolean
}

/** Options of `lossesOf`. */
export interface LossesOptions {
  /** Name the part of each reason (default false: reasons of all parts are added up). */
  readonly byPart?: boolean
  /** Leave out datagrams that arrive at a peer, because the program only sends (default false). */
  readonly sendsOnly?: boolean
}

/** The text for each reason with a name. */
const WORDS: Readonly<Record<string, string>> = {
  readBufferFull: 'dropped because the read buffer was full',
  inboxFull: 'dropped because an inbox was full',
  unread: 'not read',
  unlinked: 'dropped because no inbox was linked',
  unsent: 'not sent',
  unwritten: 'not written',
  unaccounted: 'not accounted for',
  lookupQueueFull: 'dropped while names were looked up',
  noRoom: 'dropped because there were too many clients',
  sessionFull: 'dropped because the inbox of a session was full',
  shortage: 'dropped because the system ran out of descriptors, ports or memory',
  failed: 'dropped because a session failed',
  foreign: 'dropped, not from a target',
  notAllowed: 'dropped, not in --allow',
  ownAddress: 'dropped, from this program itself',
  unanswerable: 'dropped, from an address that cannot be answered',
  loop: 'dropped to break a loop',
  overHostRate: 'dropped, over the rate limit per host',
  overRate: 'dropped, over the total rate limit',
  filtered: 'filtered',
  transformFailed: 'dropped because a transform threw',
  loss: 'lost by Impair',
  queueFull: 'dropped by Impair: its queue was full',
  blocked: 'dropped by Impair: blocked',
  overLimit: 'dropped by Impair: over its limit',
  malformed: 'dropped by Impair: without data',
}

/** Reasons that are intended. */
const INTENDED: ReadonlySet<string> = new Set([
  'filtered',
  'loss',
  'queueFull',
  'blocked',
  'overLimit',
])
/** Reasons of datagrams that a peer received. */
const ON_ARRIVAL: ReadonlySet<string> = new Set(['unread', 'readBufferFull', 'unlinked', 'foreign'])
/** Components that only contain others: their names are not informative. */
const HOLDERS: ReadonlySet<string> = new Set(['Graphline', 'Pipeline', 'Session'])

const NONE: Bounds = { atLeast: 0, atMost: 0, about: 0 }

/** The losses in an account. */
export function lossesOf(account: Account, options: LossesOptions = {}): Losses {
  const counts: Loss[] = []
  let kernelDrops = NONE
  for (const { name, own } of leaves(account, '')) {
    const receives = own.kernelDrops !== undefined || !own.complete
    const skips = options.sendsOnly === true && receives
    if (!skips) kernelDrops = plus(kernelDrops, own.kernelDrops ?? NONE)
    const part = options.byPart && name ? name : undefined
    for (const [reason, count] of [...own.dropped, ['unaccounted', own.unaccounted] as const])
      if (count !== 0 && !(skips && ON_ARRIVAL.has(reason))) counts.push({ reason, part, count })
  }
  const { waiting, refused, complete } = account
  return { counts: merged(counts), waiting, kernelDrops, refused, complete }
}

/** The difference between two readings of losses. */
export function since(now: Losses, before: Losses): Losses {
  const more = merged([
    ...now.counts,
    ...before.counts.map((loss) => ({ ...loss, count: -loss.count })),
  ])
  return {
    ...now,
    counts: more.filter(({ count }) => count > 0),
    waiting: 0,
    kernelDrops: minus(now.kernelDrops, before.kernelDrops),
  }
}

/** One for each reason and part. */
function merged(losses: readonly Loss[]): Loss[] {
  const all = new Map<string, Loss>()
  for (const loss of losses) {
    const key = JSON.stringify([loss.reason, loss.part])
    all.set(key, { ...loss, count: loss.count + (all.get(key)?.count ?? 0) })
  }
  return [...all.values()]
}

/** Removes intended drops, and datagrams that could not be sent: these are errors, which have lines of their own. */
export function unintended(losses: Losses): Losses {
  const counts = losses.counts.filter(
    ({ reason }) => !INTENDED.has(reason) && !/^[A-Z]/.test(reason),
  )
  return { ...losses, counts, refused: undefined }
}

/** The total, an estimate. */
export function total({ counts, kernelDrops }: Losses): number {
  return counts.reduce((all, { count }) => all + count, kernelDrops.about)
}

/** Whether anything was lost, was refused, or did not arrive. */
export function isLossy(losses: Losses): boolean {
  const { waiting, kernelDrops, refused = 0 } = losses
  return total(losses) > 0 || waiting > 0 || kernelDrops.atMost > 0 || refused > 0
}

/** `12 dropped by the kernel, 1 not sent`; `nothing lost` only where that is known. */
export function describe(losses: Losses): string {
  if (isLossy(losses)) return reasons(losses).join(', ')
  return losses.complete ? 'nothing lost' : 'no loss reported'
}

/** Each loss as a text. */
export function reasons({ counts, waiting, kernelDrops, refused = 0 }: Losses): string[] {
  const texts = counts.map(({ reason, part, count }) => {
    const words = WORDS[reason] ?? `failed (${reason})`
    return `${grouped(count)} ${words}${part === undefined ? '' : ` at ${part}`}`
  })
  if (kernelDrops.atMost > 0) texts.unshift(`${showBounds(kernelDrops)} dropped by the kernel`)
  if (waiting > 0) texts.push(`${grouped(waiting)} still waiting`)
  if (refused > 0) texts.push(`at least ${grouped(refused)} refused by the receiver`)
  return texts
}

/** The same as JSON: `lost` by reason, `waiting` if any, `kernelDrops` with their bounds, and whether that is all. */
export function lossesAsJson({ counts, waiting, kernelDrops, refused, complete }: Losses): object {
  const byReason = merged(counts.map(({ reason, count }) => ({ reason, count })))
  const lost = Object.fromEntries(byReason.map(({ reason, count }) => [reason, count]))
  return {
    lost,
    ...(waiting > 0 && { waiting }),
    kernelDrops,
    ...(refused !== undefined && { refused }),
    complete,
  }
}

function showBounds({ atLeast, atMost, about }: Bounds): string {
  if (atLeast === atMost) return grouped(about)
  return `about ${grouped(about)} (${grouped(atLeast)} to ${grouped(atMost)})`
}

function plus(a: Bounds, b: Bounds): Bounds {
  return {
    atLeast: a.atLeast + b.atLeast,
    atMost: a.atMost + b.atMost,
    about: a.about + b.about,
  }
}

function minus(a: Bounds, b: Bounds): Bounds {
  return plus(a, { atLeast: -b.atLeast, atMost: -b.atMost, about: -b.about })
}

/** The account of a component without its parts. */
interface Own {
  readonly dropped: ReadonlyMap<string, number>
  readonly unaccounted: number
  readonly kernelDrops: Bounds | undefined
  readonly complete: boolean
}

function* leaves(account: Account, name: string): Generator<{ name: string; own: Own }> {
  const dropped = new Map(Object.entries(account.dropped))
  let { unaccounted, kernelDrops } = account
  const parts = Object.entries(account.parts)
  for (const [label, part] of parts) {
    for (const [reason, count] of Object.entries(part.dropped))
      dropped.set(reason, (dropped.get(reason) ?? 0) - count)
    unaccounted -= part.unaccounted
    if (kernelDrops && part.kernelDrops) kernelDrops = minus(kernelDrops, part.kernelDrops)
    yield* leaves(part, HOLDERS.has(label) ? name : name ? `${name}/${label}` : label)
  }
  const isLeaf = parts.length === 0
  // A component whose parts report all drops of the kernel receives nothing itself.
  const receives = isLeaf || (kernelDrops !== undefined && kernelDrops.atMost > 0)
  yield {
    name,
    own: {
      dropped,
      unaccounted,
      kernelDrops: receives ? kernelDrops : undefined,
      complete: isLeaf ? account.complete : true,
    },
  }
}
