import { Pipeline } from '@udpng/chassis'
import {
  Component as Base,
  type Bounds,
  type Component,
  type Counts,
  Inbox,
  type Main,
  Outbox,
  Scheduler,
} from '@udpng/core'
import { Ticker, Transformer } from '@udpng/flow'
import { UDPReceiver, UDPSender } from '@udpng/peers'
import { onTestFinished } from 'vitest'

/** A scheduler that runs until the test is over; who fails in it fails alone. */
export function running(...components: readonly Component[]): Scheduler {
  const scheduler = new Scheduler({ onFailure: 'isolate' })
  for (const component of components) scheduler.activate(component)
  const stop = new AbortController()
  const run = scheduler.run({ signal: stop.signal })
  onTestFinished(async () => {
    stop.abort()
    await run
  })
  return scheduler
}

/** Takes all that comes. */
export class Sink extends Base {
  readonly inbox: Inbox<unknown> = new Inbox('What is taken')

  override *main(): Main {
    while (!this.readControl()) {
      for (const message of this.inbox) void message
      yield this.pause()
    }
  }
}

/** Takes nothing, and has room for two. */
export class Leaky extends Base {
  readonly inbox: Inbox<unknown> = new Inbox('What is lost', {
    capacity: 2,
    whenFull: 'dropNewest',
  })
  /** What it says that it dropped. */
  readonly dropped: Record<string, number> = {}
  kernelDrops: Bounds | undefined

  protected override accounting(): Counts {
    return { dropped: this.dropped, kernelDrops: this.kernelDrops }
  }

  override *main(): Main {
    while (!this.readControl()) yield this.pause()
  }
}

/** Fails with the first message that comes. */
export class Fragile extends Base {
  readonly inbox: Inbox<string> = new Inbox('Why to fail')
  readonly outbox: Outbox<string> = new Outbox('Nothing')

  override *main(): Main {
    while (!this.inbox.ready) yield this.pause()
    throw new Error(this.inbox.recv())
  }
}

/** A hundred datagrams a second, from a sender to a receiver on this machine. */
export async function traffic(): Promise<Scheduler> {
  const receiver = new UDPReceiver({ localAddr: '127.0.0.1' })
  const scheduler = running(new Pipeline(receiver, new Sink()))
  const [receiverAddr, receiverPort] = await receiver.bound
  scheduler.activate(
    new Pipeline(
      new Ticker({ intervalMs: 10 }),
      new Transformer((tick: number) => `tick ${tick}`),
      new UDPSender({ receiverAddr, receiverPort }),
    ),
  )
  return scheduler
}

/** The very component of a scheduler's page: what the name of its class and its number make. */
export function card(name: string): string {
  return `.card[data-component^="${name}#"]`
}
