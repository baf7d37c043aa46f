import { type Component, Inbox, Outbox } from '@udpng/core'
import type { AnyInbox, AnyOutbox } from './fits.js'

/** The box that a component is fed through; undefined when it has none. */
export function inboxOf(component: Component): AnyInbox | undefined {
  const box: unknown = Reflect.get(component, 'inbox')
  return box instanceof Inbox ? box : undefined
}

/** The box that it feeds others through; undefined when it has none. */
export function outboxOf(component: Component): AnyOutbox | undefined {
  const box: unknown = Reflect.get(component, 'outbox')
  return box instanceof Outbox ? box : undefined
}
