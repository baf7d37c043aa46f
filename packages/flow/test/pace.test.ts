import {
  type Control,
  Inbox,
  link,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import { Pace, type PaceOptions } from '@udpng/flow'
import { ManualClock, turn } from 'test-support'
import { describe, expect, it } from 'vitest'

/** A pace on a clock that is moved by hand, and what it has sent. */
function start(options: PaceOptions, capacity = 1024) {
  const clock = new ManualClock()
  const scheduler = new Scheduler({ clock })
  const pace = scheduler.activate(new Pace<string>(options))
  const sent = new Inbox<string>('Sent', { capacity })
  link(pace.outbox, sent)
  const run = scheduler.run()
  const put = (...texts: string[]): void => {
    for (const text of texts) pace.inbox.deliver(text)
  }
  const say = (word: Control): void => void pace.control.deliver(word)
  return { clock, pace, sent, run, put, say, taken: () => [...sent].join('') }
}

describe('Pace', () => {
  it('CLI-10 sends the first at once, and the others evenly', async () => {
    const { clock, put, say, run, taken } = start({ perSecond: 10 })
    put('a', 'b', 'c', 'd')
    await turn()
    expect(taken()).toBe('a')
    await clock.advance(99)
    expect(taken()).toBe('')
    await clock.advance(1)
    expect(taken()).toBe('b')
    say(producerFinished())
    await clock.advance(200)
    expect(taken()).toBe('cd')
    await run
  })

  it('CLI-10 what has had to wait for room, or has come late, does not come in a burst', async () => {
    const { clock, put, say, taken } = start({ perSecond: 100 }, 1)
    put(...'abcdefghij')
    await clock.advance(1000)
    expect(taken()).toBe('a')
    await turn()
    // 20 ms are made up for, at 100 a second: so two at once, and no more.
    let burst = ''
    for (let round = 0; round < 5; round++) {
      burst += taken()
      await turn()
    }
    expect(burst).toBe('bcd')
    say(shutdownMicroprocess())
    await turn()
  })

  it('CLI-10 repeats each, in order', async () => {
    const { put, say, run, taken } = start({ repeat: 3 })
    put('a', 'b')
    say(producerFinished())
    await run
    expect(taken()).toBe('aaabbb')
  })

  it('CLI-11 stop(): without a rate, what is queued goes out once; the rest is counted', async () => {
    const { pace, put, say, run, taken } = start({ repeat: 1000 }, 2)
    put('a', 'b')
    await turn()
    pace.stop()
    say(producerFinished())
    let sent = ''
    for (let round = 0; round < 20; round++) {
      sent += taken()
      await turn()
    }
    await run
    expect(sent).toMatch(/^a+b$/)
    expect(sent.length + pace.dropped + 999).toBe(2000)
  })

  it('CLI-11 stop(): with a rate, it ends; sent + dropped is what was to be sent', async () => {
    const { clock, pace, put, run, taken } = start({ perSecond: 10, repeat: 5 })
    put('a', 'b')
    await clock.advance(200)
    pace.stop()
    await turn()
    await run
    expect(taken()).toBe('aaa')
    expect(pace.dropped).toBe(7)
  })

  it('CLI-11 a shutdown ends it at once, and what was not sent is counted', async () => {
    const { clock, pace, put, say, run, taken } = start({ perSecond: 1, repeat: 2 })
    put('a', 'b')
    await clock.advance(0)
    say(shutdownMicroprocess())
    await turn()
    await run
    expect(taken()).toBe('a')
    expect(pace.dropped).toBe(3)
  })
})
