import type { ComponentPicture } from '../../src/protocol.js'
import { reasonText } from '../model/reason-text.js'
import { short } from './format.js'

/** What was dropped, most first. */
export function dropsByReason({ drops }: ComponentPicture): [reason: string, count: number][] {
  return Object.entries(drops)
    .map(([reason, count]): [string, number] => [reasonText(reason), count])
    .sort(([, a], [, b]) => b - a)
}

/** The same in one line: `312 read buffer full, 2 more reasons`. */
export function dropsLine(component: ComponentPicture): string {
  const [first, ...others] = dropsByReason(component)
  if (!first) return ''
  const more = others.length > 0 ? ` +${others.length} more` : ''
  return `${short(first[1])} ${first[0]}${more}`
}
