import type { Inbox, Outbox } from '@udpng/core'
import { tap } from '@udpng/core/inspection'
import { messageText } from '../observe/message-text.js'
import type { MessagePicture } from '../protocol.js'
import type { EventStream } from './event-stream.js'

/** Minimum interval between two shown messages, milliseconds. */
const PACE_MS = 50
/** Minimum pause after a shown message, as a multiple of the time that it took. */
const REST = 50

/**
 * Sends a client the messages that pass a box, until it disconnects. The text of a shown message is created at once, because the
 * message then belongs to its receiver; other messages cost one addition.
 */
export function showMessages(box: Inbox<unknown> | Outbox<unknown>, stream: EventStream): void {
  let skipped = 0
  let open = true
  let timer: NodeJS.Timeout | undefined
  const reopen = (ms: number): void => {
    timer = setTimeout(() => {
      open = stream.ready
      if (!open) reopen(PACE_MS)
    }, ms).unref()
  }
  const undo = tap(box, (message) => {
    if (!open) {
      skipped++
      return
    }
    open = false
    const began = performance.now()
    const picture: MessagePicture = { time: Date.now(), text: messageText(message), skipped }
    skipped = 0
    stream.send('message', JSON.stringify(picture))
    reopen(Math.max(PACE_MS, REST * (performance.now() - began)))
  })
  stream.onClose(() => {
    undo()
    clearTimeout(timer)
  })
}
