import { type Component, Inbox } from '@udpng/core'
import { boxesOf, statusOf } from '@udpng/core/inspection'
import { attempt } from './attempt.js'
import { datagramsOf } from './datagrams.js'
import { isPlumbing } from './is-plumbing.js'
import type { ComponentPicture, ErrorPicture, InboxPicture, OutboxPicture } from './protocol.js'
import type { Reading } from './readings.js'

/** Boxes of a component that are shown. */
const MAX_BOXES = 64
/** Characters of what a box says about its messages. */
const MOST_DOC = 200

/** What is seen of a component from outside. */
export interface Sight {
  readonly hasFailed: boolean
  readonly error: ErrorPicture | undefined
  /** Reads its numbers, given how much has passed its boxes. */
  readonly read: (passed: number) => Reading
  /** When it is looked at, milliseconds since 1970. */
  readonly time: number
}

/** A component as it is now. What it throws when it is looked at is as if it had nothing to show. */
export function pictureOf(
  component: Component,
  { hasFailed, error, read, time }: Sight,
): ComponentPicture {
  const { state, parent, service } = statusOf(component) ?? { state: 'ended' }
  const inboxes: Record<string, InboxPicture> = {}
  const outboxes: Record<string, OutboxPicture> = {}
  let passed = 0
  for (const [field, box] of [...(attempt(() => boxesOf(component)) ?? [])].slice(0, MAX_BOXES)) {
    const doc = attempt(() => String(box.doc).slice(0, MOST_DOC)) ?? ''
    const plumbing = isPlumbing(box, field) && ({ plumbing: true } as const)
    if (box instanceof Inbox) {
      const { length, capacity, delivered, taken, dropped } = box
      const bound = capacity === Infinity ? {} : { capacity }
      inboxes[field] = { doc, ...plumbing, length, ...bound, delivered, taken, dropped }
      passed += delivered + taken
    } else {
      const { sent, discarded } = box
      outboxes[field] = { doc, ...plumbing, sent, discarded }
      passed += sent + discarded
    }
  }
  const { stats, readAt } = read(passed)
  const datagrams = datagramsOf(stats)
  const address = addressOf(component)
  return {
    state: hasFailed ? 'failed' : state === 'new' ? 'ready' : state,
    ...(parent !== undefined && { parent }),
    ...(service && { service }),
    inboxes,
    outboxes,
    drops: dropsOf(inboxes, stats),
    ...(datagrams && { datagrams }),
    ...(stats && readAt < time && { readAt }),
    ...(stats && { stats }),
    ...(address !== undefined && { address }),
    ...(error && { error }),
  }
}

/** What has been dropped, by reason. */
function dropsOf(
  inboxes: Readonly<Record<string, InboxPicture>>,
  stats: Readonly<Record<string, number>> | undefined,
): Record<string, number> {
  // A map, for a reason may be called anything: `constructor`, say.
  const drops = new Map<string, number>()
  for (const [name, count] of Object.entries(stats ?? {})) {
    const reason =
      /^(?:dropped|failed)\.(.+)$/.exec(name)?.[1] ??
      (name === 'kernelDrops.about' ? 'kernelDrops' : undefined)
    if (reason !== undefined && count > 0) drops.set(reason, (drops.get(reason) ?? 0) + count)
  }
  // What is left in the other boxes of a peer is no message of anybody's; of its inbox it says itself that it was not sent.
  if (datagramsOf(stats)) return Object.fromEntries(drops)
  // A control message that comes after the end is no loss.
  for (const [field, { dropped }] of Object.entries(inboxes))
    if (dropped > 0 && field !== 'control') drops.set(`at ${field}`, dropped)
  return Object.fromEntries(drops)
}

function addressOf(component: Component): string | undefined {
  return attempt(() => {
    const { address } = component as { readonly address?: unknown }
    if (!Array.isArray(address)) return undefined
    const [host, port] = address as readonly unknown[]
    if (typeof host !== 'string' || typeof port !== 'number') return undefined
    return `${host.includes(':') ? `[${host}]` : host}:${port}`
  })
}
