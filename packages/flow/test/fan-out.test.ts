import { Inbox, link, producerFinished, Scheduler } from '@udpng/core'
import { FanOut } from '@udpng/flow'
import { turn } from 'test-support'
import { describe, expect, it } from 'vitest'

type Letter = readonly [host: string, port: number, data: Uint8Array]

describe('FanOut', () => {
  it('CLI-16 sends each message to each target, as there is room', async () => {
    const scheduler = new Scheduler()
    const fanOut = scheduler.activate(
      new FanOut<Uint8Array>({
        targets: [
          ['a', 1],
          ['b', 2],
        ],
      }),
    )
    const letters = new Inbox<Letter>('Letters', { capacity: 3 })
    link(fanOut.outbox, letters)
    for (const text of ['x', 'y']) fanOut.inbox.deliver(Buffer.from(text))
    fanOut.control.deliver(producerFinished())
    const run = scheduler.run()
    await turn()
    const sent = (): string[] => [...letters].map(([host, port, data]) => `${host}:${port} ${data}`)
    expect(sent()).toEqual(['a:1 x', 'b:2 x', 'a:1 y'])
    await run
    expect(sent()).toEqual(['b:2 y'])
  })
})
