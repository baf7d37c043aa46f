import type { Counts, Scheduler } from '@udpng/core'
import {
  Component,
  ErrorOutbox,
  Inbox,
  type InboxOptions,
  type Main,
  Outbox,
  UdpngError,
} from '@udpng/core'
import { type InspectOptions, type Inspector, inspect } from '@udpng/inspector'

/** Takes nothing: what comes waits, or is dropped. */
export class Wall extends Component {
  readonly inbox: Inbox<unknown>

  constructor(options: InboxOptions = {}) {
    super()
    this.inbox = new Inbox('Anything', options)
  }

  override *main(): Main {
    while (!this.readControl()) yield this.pause()
  }
}

/** Passes on what comes; reports what goes wrong on `errors`, and fails on request. */
export class Relay extends Component {
  readonly inbox: Inbox<unknown> = new Inbox('Anything')
  readonly outbox: Outbox<unknown> = new Outbox('The same')
  readonly errors: ErrorOutbox = new ErrorOutbox('What went wrong')

  override *main(): Main {
    for (;;) {
      for (const message of this.inbox) {
        if (message === 'fail') throw new Error('as requested')
        if (message === 'report') this.errors.send(new UdpngError('SEND_FAILED', 'could not'))
        else this.outbox.send(message)
      }
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

/** Has numbers and an address of its own. */
export class Counting extends Relay {
  stats: unknown = { received: 1, dropped: { noRoom: 2, unread: 0 }, failed: { ENETUNREACH: 3 } }
  counts: Counts = { dropped: { noRoom: 2, none: 0, ENETUNREACH: 3 } }
  address: unknown = ['::1', 1500]

  protected override accounting(): Counts {
    return this.counts
  }
}

/** An inspector on a free port, which is closed at the end of an `await using` block. */
export async function inspecting(
  scheduler: Scheduler,
  options: InspectOptions = {},
): Promise<Inspector & AsyncDisposable> {
  const inspector = await inspect(scheduler, { port: 0, ...options })
  return { ...inspector, [Symbol.asyncDispose]: () => inspector.close() }
}

/** Takes what comes, and counts it. */
export class Taker extends Component {
  readonly inbox: Inbox<unknown> = new Inbox('Anything')
  taken = 0

  override *main(): Main {
    while (!this.readControl()) {
      for (const _ of this.inbox) this.taken++
      yield this.pause()
    }
  }
}
