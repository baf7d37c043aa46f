import { Graphline } from '@udpng/chassis'
import { Component, type Counts, Inbox, type Main } from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import { describe, expect, it } from 'vitest'
import {
  describe as inWords,
  isLossy,
  lossesAsJson,
  lossesOf,
  since,
} from '../src/output/losses.js'

/** Ends at once, with these counts. */
class Counting extends Component {
  readonly counts: Counts

  constructor(counts: Counts) {
    super()
    this.counts = counts
  }

  protected override accounting(): Counts {
    return this.counts
  }

  override *main(): Main {}
}

/** Holds a part, and receives from the network itself. */
class Receiving extends Counting {
  override *main(): Main {
    this.activate(new Counting({ kernelDrops: bounds(10) }))
    yield
  }
}

const bounds = (count: number) => ({ atLeast: count, atMost: count, about: count })

describe('the losses of an account', () => {
  it('CLI-79 a reason may contain blanks, with and without a part', async () => {
    const system = new Graphline(
      {
        'A B': new Counting({ entered: 2, dropped: { 'too old': 2 } }),
        C: new Counting({ entered: 1, dropped: { 'too old': 1 } }),
      },
      {},
    )
    const before = lossesOf(accountOf(system), { byPart: true })
    await system.run()
    const losses = lossesOf(accountOf(system), { byPart: true })
    expect(inWords(losses)).toBe('2 failed (too old) at A B, 1 failed (too old) at C')
    expect(inWords(since(losses, before))).toBe(inWords(losses))
    expect(isLossy(since(losses, losses))).toBe(false)
    expect(lossesAsJson(losses)).toMatchObject({ lost: { 'too old': 3 } })
    expect(inWords(lossesOf(accountOf(system)))).toBe('3 failed (too old)')
  })

  it('CLI-79 what the kernel dropped counts also for a component that has parts', async () => {
    const system = new Receiving({ kernelDrops: { atLeast: 3, atMost: 5, about: 4 } })
    await system.run()
    const account = accountOf(system)
    expect(account.kernelDrops).toEqual({ atLeast: 13, atMost: 15, about: 14 })
    expect(lossesOf(account).kernelDrops).toEqual(account.kernelDrops)
    const holder = new Graphline({ A: new Counting({ kernelDrops: bounds(10) }) }, {})
    await holder.run()
    expect(lossesOf(accountOf(holder)).kernelDrops).toEqual(bounds(10))
  })

  it('CLI-79 what is queued after the end is reported', async () => {
    class Keeping extends Component {
      readonly inbox: Inbox<unknown> = new Inbox('Anything')

      protected override accounting(): Counts {
        return { waiting: this.inbox.taken }
      }

      override *main(): Main {
        this.inbox.recv()
        yield
      }
    }
    const keeping = new Keeping()
    keeping.inbox.deliver('a')
    await keeping.run()
    const losses = lossesOf(accountOf(keeping))
    expect(isLossy(losses)).toBe(true)
    expect(inWords(losses)).toBe('1 still waiting')
    expect(lossesAsJson(losses)).toMatchObject({ lost: {}, waiting: 1 })
    expect(isLossy(since(losses, losses))).toBe(false)
  })
})
