import { Inbox } from './inbox.js'
import { type Microprocess, SUSPENDED } from './microprocess.js'
import { Outbox } from './outbox.js'

/** Maximum number of components that are named; of the others only the number is given. */
const MAX_NAMED = 20

/**
 * Describes why each component does not step: one line each, with its queued messages and the full inboxes that it waits for.
 * Plumbing without either is left out.
 */
export function whoWaits(processes: Iterable<Microprocess>): string {
  const lines = Array.from(processes).flatMap(describe)
  const more = lines.length - MAX_NAMED
  const named = lines.slice(0, MAX_NAMED)
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
}

function describe(process: Microprocess): string[] {
  const notes: string[] = []
  for (const [field, box] of process.boxes()) {
    if (box instanceof Inbox && box.ready) notes.push(`${box.length} in ${field}`)
    if (box instanceof Outbox && box.full) notes.push(`${field} full at ${box.to?.name}`)
  }
  if (process.isPlumbing && notes.length === 0) return []
  notes.unshift(process.state === SUSPENDED ? 'in sleep() or until()' : 'paused')
  const { name, givenName, className } = process
  return [`  ${givenName === undefined ? name : `${name} (${className})`}: ${notes.join(', ')}`]
}
