import { type Component, Inbox } from '@udpng/core'
import { boxesOf, type Status, statusOf } from '@udpng/core/inspection'
import { formatAddress, isAddress } from '@udpng/datagram'
import type { ComponentPicture, ErrorPicture, InboxPicture, OutboxPicture } from '../protocol.js'
import { attempt } from './attempt.js'
import { datagramsOf } from './datagrams.js'
import { isPlumbing } from './is-plumbing.js'
import type { Reading } from './readings.js'
import { passedOf } from './totals.js'

/** Boxes of a component that are shown. */
const MAX_BOXES = 64
/** Characters of what a box says about its messages. */
const MAX_DOC = 200

/** What is shown of a component that cannot be looked at. */
const UNKNOWN: Status = { id: 0, group: '', state: 'ended', parent: undefined, plumbing: false }

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
  const { id, group, state, parent, plumbing } = statusOf(component) ?? UNKNOWN
  const inboxes: Record<string, InboxPicture> = {}
  const outboxes: Record<string, OutboxPicture> = {}
  for (const [field, box] of [...(attempt(() => boxesOf(component)) ?? [])].slice(0, MAX_BOXES)) {
    const doc = attempt(() => String(box.doc).slice(0, MAX_DOC)) ?? ''
    const mark = isPlumbing(box) && ({ plumbing: true } as const)
    if (box instanceof Inbox) {
      const { length, capacity, delivered, taken, dropped } = box
      const bound = capacity === Infinity ? {} : { capacity }
      inboxes[field] = { doc, ...mark, length, ...bound, delivered, taken, dropped }
    } else {
      const { sent, discarded } = box
      outboxes[field] = { doc, ...mark, sent, discarded }
    }
  }
  const { stats, figures, readAt } = read(passedOf({ inboxes, outboxes }))
  const { dropped: drops, kernelDrops, refused, unaccounted } = figures
  const datagrams = datagramsOf(stats)
  const address = addressOf(component)
  return {
    id,
    group,
    state: hasFailed ? 'failed' : state === 'new' ? 'ready' : state,
    ...(parent !== undefined && { parent }),
    ...(plumbing && { plumbing }),
    inboxes,
    outboxes,
    drops,
    ...(kernelDrops && { kernelDrops }),
    ...(refused !== undefined && { refused }),
    ...(unaccounted !== 0 && { unaccounted }),
    ...(datagrams && { datagrams }),
    ...(readAt < time && { readAt }),
    ...(stats && { stats }),
    ...(address !== undefined && { address }),
    ...(error && { error }),
  }
}

function addressOf(component: Component): string | undefined {
  return attempt(() => {
    const { address } = component as { readonly address?: unknown }
    return isAddress(address) ? formatAddress(address) : undefined
  })
}
