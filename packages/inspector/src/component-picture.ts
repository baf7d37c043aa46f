import { type Component, Inbox } from '@udpng/core'
import { boxesOf, type Status, statusOf } from '@udpng/core/inspection'
import type { ComponentPicture, ErrorPicture, InboxPicture, OutboxPicture } from './protocol.js'

/** What a component may have besides boxes: nothing of it is certain, and all of it may throw. */
interface Extras {
  readonly stats?: unknown
  readonly address?: unknown
}

/** How many numbers of a `stats` are shown. */
const MOST_NUMBERS = 64

/** A component as it is now. What it throws when it is looked at is as if it had nothing to show. */
export function pictureOf(
  component: Component,
  hasFailed: boolean,
  error: ErrorPicture | undefined,
): ComponentPicture {
  const { state, parent, service } = statusOf(component) as Status
  const inboxes: Record<string, InboxPicture> = {}
  const outboxes: Record<string, OutboxPicture> = {}
  for (const [field, box] of boxesOf(component)) {
    const { doc } = box
    if (box instanceof Inbox) {
      const { length, capacity, delivered, taken, dropped } = box
      const bound = capacity === Infinity ? {} : { capacity }
      inboxes[field] = { doc, length, ...bound, delivered, taken, dropped }
    } else outboxes[field] = { doc, sent: box.sent, discarded: box.discarded }
  }
  const stats = numbersOf(attempt(() => (component as Extras).stats))
  const address = addressOf(attempt(() => (component as Extras).address))
  return {
    state: hasFailed ? 'failed' : state === 'new' ? 'ready' : state,
    ...(parent !== undefined && { parent }),
    ...(service && { service }),
    inboxes,
    outboxes,
    drops: dropsOf(inboxes, stats),
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
  const drops: Record<string, number> = {}
  for (const [name, count] of Object.entries(stats ?? {})) {
    const reason =
      /^(?:dropped|failed)\.(.+)$/.exec(name)?.[1] ?? (name === 'kernelDrops' ? name : undefined)
    if (reason !== undefined && count > 0) drops[reason] = (drops[reason] ?? 0) + count
  }
  // A peer counts what was dropped at its inbox as unsent, too.
  const isPeer = stats !== undefined && 'sentBytes' in stats
  for (const [field, { dropped }] of Object.entries(inboxes))
    if (dropped > 0 && !(isPeer && field === 'inbox')) drops[`at ${field}`] = dropped
  return drops
}

/** The numbers of an object, and of the objects in it, by name; undefined when it has none. */
function numbersOf(stats: unknown): Record<string, number> | undefined {
  const numbers = new Map<string, number>()
  const add = (object: object, prefix: string): void => {
    for (const [key, value] of Object.entries(object)) {
      if (numbers.size >= MOST_NUMBERS) return
      if (Number.isFinite(value)) numbers.set(prefix + key, value)
      else if (prefix === '' && typeof value === 'object' && value) add(value, `${key}.`)
    }
  }
  attempt(() => {
    if (typeof stats === 'object' && stats) add(stats, '')
  })
  return numbers.size > 0 ? Object.fromEntries(numbers) : undefined
}

function addressOf(address: unknown): string | undefined {
  return attempt(() => {
    if (!Array.isArray(address)) return undefined
    const [host, port] = address as readonly unknown[]
    if (typeof host !== 'string' || typeof port !== 'number') return undefined
    return `${host.includes(':') ? `[${host}]` : host}:${port}`
  })
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined // its own code threw
  }
}
