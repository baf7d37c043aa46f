import { check, type OptionTable } from './check.js'
import { Inbox } from './inbox.js'
import { link } from './linkage.js'
import { Microprocess, PAUSED } from './microprocess.js'
import type { Outbox } from './outbox.js'
import { SIGNAL } from './scheduler-options.js'

/** Options of `messages`. */
interface MessagesOptions {
  readonly signal?: AbortSignal
  readonly run?: PromiseLike<unknown>
}

const OPTIONS: OptionTable<MessagesOptions> = {
  signal: SIGNAL,
  run: {
    kind: {
      accepts: (value) => typeof (value as PromiseLike<unknown>).then === 'function',
      must: () => 'the promise of a run',
    },
  },
}

/**
 * Yields the messages of an outbox to code outside the graph: each once, in order. The outbox is linked by the call.
 *
 * While the iterator is not read, up to 1024 messages are buffered; then the outbox is full, and its component
 * pauses. The iteration ends after the end of the component and the buffered messages.
 * `break`, or an abort of `signal`, ends it at once and unlinks.
 *
 * @param options.signal - its abort ends the iteration (default: none)
 * @param options.run - what `run()` has returned: the iteration ends when it has resolved, too, and throws its error (default:
 *   the iteration never throws)
 * @throws {UdpngError} `BOX_ALREADY_LINKED` if the outbox is already linked; `BAD_LINK` for a value that is not an outbox;
 *   `BAD_OPTION` for an unknown or invalid option
 */
export function messages<T>(
  outbox: Outbox<T>,
  options?: MessagesOptions,
): AsyncIterableIterator<T, undefined> {
  const { signal, run } = check(`read messages of ${outbox?.name}`, OPTIONS, options)
  const inbox = new Inbox<T>('Messages for outside')
  type Result = IteratorResult<T, undefined>
  const waiting: ((result: Result | PromiseLike<Result>) => void)[] = []
  const pump = (): void => {
    while (waiting.length > 0 && (inbox.ready || outbox.linkage !== linkage)) {
      const result = inbox.next()
      waiting.shift()?.(result.done && run && !isStopped ? run.then(() => result) : result)
    }
  }
  // A record like that of a component, so that waking one has the same shape everywhere.
  const reader = Microprocess.ofNoComponent('messages')
  reader.state = PAUSED
  reader.host = {
    enqueue() {
      reader.state = PAUSED
      pump()
    },
  }
  inbox.owner = reader
  inbox.field = outbox?.name // `link` refuses any other value
  const onCut = (): void => {
    signal?.removeEventListener('abort', finish)
    pump()
  }
  let isStopped = false
  const finish = (): void => {
    isStopped = true
    inbox.cut()
  }
  const linkage = link(outbox, inbox, onCut)
  if (signal?.aborted) finish()
  else if (outbox.linked) signal?.addEventListener('abort', finish)
  return {
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        pump()
      }),
    async return() {
      finish()
      return inbox.next()
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
