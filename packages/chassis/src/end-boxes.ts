import { type Component, Inbox, Outbox } from '@udpng/core'
import type { AnyInbox, AnyOutbox } from './fits.js'

/** Returns the `inbox` of a component; undefined if it has none. */
export function inboxOf(component: Component): AnyInbox | undefined {
  const box: unknown = Reflect.get(component, 'inbox')
  return box instanceof Inbox ? box : undefined
}

/** Returns the `outbox` of a component; undefined if it has none. */
export function outboxOf(component: Component): AnyOutbox | undefined {
  const box: unknown = Reflect.get(component, 'outbox')
  return box instanceof Outbox ? box : undefined
}
