import type { BoundsPicture, ComponentPicture } from '../../src/protocol.js'
import { reasonText } from '../model/reason-text.js'
import { boundsText, isExact, short } from './format.js'

/** Drops for one reason. */
interface Drop {
  readonly reason: string
  readonly count: BoundsPicture
}

/** Drops, most first. */
function dropsByReason({ drops, kernelDrops }: ComponentPicture): Drop[] {
  const counted = Object.entries(drops).map(([reason, count]) => ({
    reason: reasonText(reason),
    count: { atLeast: count, about: count, atMost: count },
  }))
  const kernel =
    kernelDrops && kernelDrops.atMost > 0
      ? [{ reason: reasonText('kernelDrops'), count: kernelDrops }]
      : []
  return [...counted, ...kernel].sort((a, b) => b.count.about - a.count.about)
}

/** Drops as text, most first: each reason with its count. */
export function dropsList(
  component: ComponentPicture,
): (readonly [reason: string, count: string])[] {
  return dropsByReason(component).map(({ reason, count }) => [reason, boundsText(count)] as const)
}

/** The same in one line: `312 read buffer full +2 more`. */
export function dropsLine(component: ComponentPicture): string {
  const [first, ...others] = dropsByReason(component)
  if (!first) return ''
  const more = others.length > 0 ? ` +${others.length} more` : ''
  return `${isExact(first.count) ? '' : 'about '}${short(first.count.about)} ${first.reason}${more}`
}
