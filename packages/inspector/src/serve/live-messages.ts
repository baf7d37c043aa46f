import type { Inbox, Outbox } from '@udpng/core'
import { tap } from '@udpng/core/inspection'
import { messageText } from '../observe/message-text.js'
import type { MessagePicture } from '../protocol.js'
import type { EventStream } from './event-stream.js'

/** Minimum interval between two messages that are shown. */
const PACE_MS = 50
/** It rests for this many times the time that it took to show one. */
const REST = 50

/**
 * Shows a client what passes a box, from now on until it leaves. Of each message that is shown the text is made at once, for it is
 * its receiver's from then on; all others cost an addition.
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
