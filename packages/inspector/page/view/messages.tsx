import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { MessagePicture } from '../../src/protocol.js'
import { MessageWatch } from '../model/message-watch.js'
import { timeOfDay, whole } from './format.js'

/** The messages that pass a box, while it is shown. */
export function Messages({ box }: { readonly box: string }): VNode {
  const [messages, setMessages] = useState<readonly MessagePicture[]>([])
  const [lost, setLost] = useState(false)
  useEffect(() => {
    const watch = new MessageWatch(box, (next, isLost) => {
      setMessages(next)
      setLost(isLost)
    })
    return () => watch.close()
  }, [box])
  return (
    <div class="messages">
      {lost && <p class="messages-note">No connection to this box.</p>}
      {!lost && messages.length === 0 && <p class="messages-note">Waiting for a message …</p>}
      <ol>
        {messages.map(({ time, text, skipped }, index) => (
          <li key={messages.length - index}>
            <time>{timeOfDay(time)}</time>
            <code>{text}</code>
            {skipped > 0 && <span class="messages-note">{whole(skipped)} before it not shown</span>}
          </li>
        ))}
      </ol>
    </div>
  )
}
