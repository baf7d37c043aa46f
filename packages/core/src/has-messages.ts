import { Inbox } from './inbox.js'
import type { Microprocess } from './microprocess.js'

/** Whether a message waits in an inbox of a component. */
export function hasMessages(process: Microprocess): boolean {
  return process.boxes().some(([, box]) => box instanceof Inbox && box.ready)
}
