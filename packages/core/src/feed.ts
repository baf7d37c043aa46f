import { UdpngError } from './errors.js'
import type { Inbox } from './inbox.js'
import { link } from './linkage.js'
import { Microprocess, PAUSED, READY } from './microprocess.js'
import { Outbox } from './outbox.js'

/** Sends messages from code outside the graph to an inbox. */
export interface Feed<in T> {
  /**
   * Puts a message into the inbox, at once and in the order of the calls. The promise resolves when the inbox has room for the next
   * one: a caller that awaits it is slowed by backpressure, and one that does not lets the inbox grow.
   *
   * @throws {UdpngError} rejects with `BAD_LINK` if the component of the inbox has ended, or ends before there is room; `BOX_FULL` if
   *   the inbox is full and its `whenFull` is `"throw"`
   */
  send(message: T): Promise<void>
}

/** A caller that waits for room. */
interface Waiting {
  resolve(): void
  reject(reason: UdpngError): void
}

/**
 * Feeds an inbox from code outside the graph, with backpressure. It is the counterpart of `messages`. Other outboxes may feed the same
 * inbox.
 *
 * @throws {UdpngError} `BAD_LINK` for a value that is not an inbox
 * @example
 * const { send } = feed(sender.inbox)
 * for await (const line of createInterface({ input: process.stdin })) await send(line)
 */
export function feed<T>(inbox: Inbox<T>): Feed<T> {
  const outbox = new Outbox<T>('Messages from outside')
  const room = Promise.resolve()
  let waiting: Waiting[] = []
  const ended = (): UdpngError =>
    new UdpngError('BAD_LINK', `cannot send to ${inbox.name}: its component has ended`, inbox.place)
  // A record like that of a component: it is woken when a message is taken, and when the link is cut.
  const writer = Microprocess.ofNoComponent('feed')
  writer.state = READY
  writer.host = {
    enqueue() {
      const callers = waiting
      if (outbox.full) writer.state = PAUSED
      else {
        waiting = []
        for (const { resolve, reject } of callers)
          if (outbox.linked) resolve()
          else reject(ended())
      }
    },
  }
  outbox.owner = writer
  link(outbox, inbox)
  return {
    send(message) {
      if (!outbox.linked) return Promise.reject(ended())
      try {
        if (outbox.send(message)) return room
      } catch (error) {
        return Promise.reject(error)
      }
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        writer.state = PAUSED
      })
    },
  }
}
