import {
  type Control,
  Inbox,
  link,
  type Main,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import { beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { cycles, doing, forever, obedient, Part, start } from './part.js'

/** What leaves on the `signal` of a part. */
function listen(part: Part): Inbox<Control> {
  const said = new Inbox<Control>('What it says')
  link(part.signal, said)
  return said
}

/** What `readControl` makes of these messages, all waiting at once. */
function reading(...messages: readonly unknown[]): Control | undefined {
  let word: Control | undefined
  const part = new Part(
    doing((self) => {
      word = self.readControl()
      expect(self.control.ready).toBe(false)
    }),
  )
  for (const message of messages) part.control.deliver(message as Control)
  cycles(start(part))
  expect(part.ended).toBe(true)
  return word
}

describe('the messages', () => {
  it('CTL-01 are plain tagged objects', () => {
    const cause = new Error('why')
    expect(producerFinished()).toStrictEqual({ kind: 'producerFinished' })
    expect(shutdownMicroprocess()).toStrictEqual({ kind: 'shutdownMicroprocess' })
    expect(shutdownMicroprocess({ cause })).toStrictEqual({ kind: 'shutdownMicroprocess', cause })
    expect(shutdownMicroprocess({ cause: undefined })).toHaveProperty('cause')
    expect(Object.getPrototypeOf(shutdownMicroprocess())).toBe(Object.prototype)
    expectTypeOf(producerFinished()).toExtend<Control>()
    expectTypeOf(shutdownMicroprocess()).toExtend<Control>()
  })

  it('CTL-01 each call makes a new one', () => {
    expect(producerFinished()).not.toBe(producerFinished())
  })

  it('CTL-01 one that went through structuredClone is obeyed just the same', () => {
    const shutdown = structuredClone(shutdownMicroprocess({ cause: new Error('why') }))
    expect(reading(shutdown)).toBe(shutdown)
    const finished = structuredClone(producerFinished())
    expect(reading(finished)).toBe(finished)
  })
})

describe('a second copy of the package', () => {
  let second: typeof import('@udpng/core')

  beforeAll(async () => {
    vi.resetModules()
    second = await import('@udpng/core')
  })

  it('CTL-01 a message from it is obeyed just the same', () => {
    expect(Part.prototype).not.toBeInstanceOf(second.Component)
    expect(second.producerFinished).not.toBe(producerFinished)
    const word = second.shutdownMicroprocess({ cause: 'from afar' })
    expect(reading(second.producerFinished(), word)).toBe(word)
  })
})

describe('obeying', () => {
  /** Passes messages on, as the documentation of `Component` shows, and knows what shutdown means. */
  function* relay(self: Part): Main {
    for (;;) {
      const word = self.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      for (const message of self.inbox) self.outbox.send(message)
      if (word) return
      yield self.pause()
    }
  }

  function relayed(word: Control) {
    const part = new Part(relay)
    const out = new Inbox<unknown>('Out')
    link(part.outbox, out)
    const said = listen(part)
    for (let n = 0; n < 5; n++) part.inbox.deliver(n)
    part.control.deliver(word)
    cycles(start(part))
    return { part, passed: [...out], said: [...said] }
  }

  it('CTL-02 producerFinished: what is queued is finished, then it ends', () => {
    const { part, passed, said } = relayed(producerFinished())
    expect([part.ended, passed]).toEqual([true, [0, 1, 2, 3, 4]])
    expect(said).toEqual([{ kind: 'producerFinished' }])
  })

  it('CTL-02 shutdownMicroprocess: it stops now, and what is queued is counted as dropped', () => {
    const word = shutdownMicroprocess({ cause: 'enough' })
    const { part, passed, said } = relayed(word)
    expect([part.ended, passed, part.inbox.dropped]).toEqual([true, [], 5])
    expect(said[0]).toBe(word)
    expect(said.length).toBe(1)
  })

  it.each([
    ['shutdown last', (stop: Control) => [producerFinished(), stop]],
    ['shutdown first', (stop: Control) => [stop, producerFinished()]],
    ['in between', (stop: Control) => [producerFinished(), stop, producerFinished()]],
    ['among rubbish', (stop: Control) => [null, producerFinished(), 'stop', stop, {}]],
  ])('CTL-04 all waiting control messages are read, and shutdown wins: %s', (_, words) => {
    const stop = shutdownMicroprocess({ cause: 'now' })
    expect(reading(...words(stop))).toBe(stop)
  })

  it('CTL-04 of two of a kind the first counts, cause and all', () => {
    const [first, second] = [1, 2].map((cause) => shutdownMicroprocess({ cause }))
    expect(reading(first, second)).toBe(first)
    const [early, late] = [producerFinished(), producerFinished()]
    expect(reading(early, late)).toBe(early)
  })

  it.each([
    undefined,
    null,
    0,
    'shutdownMicroprocess',
    {},
    [],
    { kind: 'other' },
    { kind: null },
    () => {},
  ])('CTL-05 %o on control has no effect, and is not passed on', (rubbish) => {
    expect(reading(rubbish)).toBeUndefined()
    const part = new Part(obedient)
    const said = listen(part)
    part.control.deliver(rubbish as Control)
    const scheduler = start(part)
    cycles(scheduler)
    expect(part.ended).toBe(false)
    const word = producerFinished()
    part.control.deliver(word)
    cycles(scheduler)
    expect(part.ended).toBe(true)
    expect([...said]).toEqual([{ kind: 'producerFinished' }])
  })

  it('CTL-05 what throws when it is looked at has no effect either, and hides no control message', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const word = producerFinished()
    expect(reading(proxy, word)).toBe(word)
  })

  it('CTL-08 producerFinished stays read, until shutdownMicroprocess comes; after that nothing changes it', () => {
    const [finish, stop] = [producerFinished(), shutdownMicroprocess({ cause: 'now' })]
    const words: (Control | undefined)[] = []
    const part = new Part(function* (self): Main {
      for (;;) {
        words.push(self.readControl())
        yield self.pause()
      }
    })
    const scheduler = start(part)
    cycles(scheduler)
    for (const word of [
      finish,
      undefined,
      producerFinished(),
      stop,
      finish,
      shutdownMicroprocess(),
    ]) {
      if (word) part.control.deliver(word)
      else part.inbox.deliver('a message')
      cycles(scheduler)
    }
    expect(words.map((word) => [undefined, finish, stop].indexOf(word))).toEqual([
      0, 1, 1, 1, 2, 2, 2,
    ])
  })

  it('CTL-08 a sink that batches ends, although it reads control in each round of its loop', async () => {
    const batches: unknown[][] = []
    const sink = new Part(function* (self): Main {
      const batch: unknown[] = []
      for (;;) {
        const word = self.readControl()
        if (self.inbox.ready && batch.length < 3) {
          batch.push(self.inbox.recv())
          continue
        }
        if (batch.length > 0) batches.push(batch.splice(0))
        else if (word) return
        else yield self.pause()
      }
    })
    for (let n = 0; n < 5; n++) sink.inbox.deliver(n)
    sink.control.deliver(producerFinished())
    await sink.run()
    expect(batches).toEqual([
      [0, 1, 2],
      [3, 4],
    ])
  })

  it('CTL-05 nothing waits: nothing is to be obeyed, and asking wakes no component', () => {
    expect(reading()).toBeUndefined()
  })
})

describe('the last word', () => {
  it('CTL-06 a component whose main returns without a word says producerFinished by itself, once', () => {
    const part = new Part(doing(() => {}))
    const said = listen(part)
    cycles(start(part))
    expect([...said]).toEqual([{ kind: 'producerFinished' }])
  })

  it('CTL-06 so no neighbour waits forever', async () => {
    const source = new Part(doing((self) => self.outbox.send(1)))
    const relay = new Part(obedient)
    const sink = new Part(obedient)
    link(source.signal, relay.control)
    link(relay.signal, sink.control)
    await start(sink, relay, source).run()
    expect([source.ended, relay.ended, sink.ended]).toEqual([true, true, true])
  })

  it('CTL-06 one that has sent something on signal adds nothing, linked or not', () => {
    const word = shutdownMicroprocess({ cause: 'its own' })
    const part = new Part(doing((self) => self.signal.send(word)))
    const said = listen(part)
    cycles(start(part))
    expect([...said]).toEqual([word])
    const unheard = new Part(doing((self) => self.signal.send(word)))
    cycles(start(unheard))
    expect(unheard.signal).toMatchObject({ sent: 0, discarded: 1 })
  })

  it.each([producerFinished(), shutdownMicroprocess({ cause: 'why' })])(
    'CTL-07 what main returns leaves on signal, that same object: %o',
    (word) => {
      const part = new Part(
        // biome-ignore lint/correctness/useYield: a thread of one step has no use for it
        function* (): Main {
          return word
        },
      )
      const said = listen(part)
      cycles(start(part))
      expect(said.length).toBe(1)
      expect(said.recv()).toBe(word)
    },
  )

  it('CTL-07 also after other messages on signal', () => {
    const word = shutdownMicroprocess()
    const part = new Part(function* (self): Main {
      self.signal.send(producerFinished())
      yield
      return word
    })
    const said = listen(part)
    cycles(start(part))
    expect([...said]).toEqual([{ kind: 'producerFinished' }, word])
  })

  it('CTL-07 the children are shut down with the same object', () => {
    const word = shutdownMicroprocess({ cause: 'why' })
    const heard: (Control | undefined)[] = []
    const child = new Part(function* (self): Main {
      while (!self.control.ready) yield self.pause()
      heard.push(self.control.recv())
    })
    const part = new Part(function* (self): Main {
      self.activate(child)
      yield
      return word
    })
    cycles(start(part))
    expect(heard).toEqual([word])
    expect(heard[0]).toBe(word)
  })

  it('CTL-07 anything else that main returns counts as nothing', () => {
    for (const value of [true, 0, {}, { kind: 'other' }, null]) {
      const part = new Part(
        // biome-ignore lint/correctness/useYield: a thread of one step has no use for it
        function* (): Main {
          return value as never
        },
      )
      const said = listen(part)
      cycles(start(part))
      expect([...said]).toEqual([{ kind: 'producerFinished' }])
    }
  })

  it('CTL-06 the last word comes after the last messages', () => {
    const part = new Part(doing((self) => self.outbox.send('last message')))
    const all = new Inbox<unknown>('Both boxes')
    link(part.outbox, all)
    link(part.signal, all)
    cycles(start(part))
    expect([...all]).toEqual(['last message', { kind: 'producerFinished' }])
  })

  it('CTL-06 one that is closed says shutdownMicroprocess, unless it has spoken', () => {
    const silent = new Part()
    const speaking = new Part(function* (self): Main {
      try {
        yield* forever(self)
      } finally {
        self.signal.send(producerFinished())
      }
    })
    const heard = [listen(silent), listen(speaking)]
    const scheduler = start(silent, speaking)
    cycles(scheduler)
    scheduler.stop()
    expect(heard.map((said) => [...said])).toEqual([
      [{ kind: 'shutdownMicroprocess' }],
      [{ kind: 'producerFinished' }],
    ])
  })

  it('CTL-06 a composite that shares the signal of a part adds nothing of its own', () => {
    const last = new Part(obedient)
    const said = listen(last)
    const whole = new Part(function* (self): Main {
      self.share({ signal: last.signal })
      self.activate(last)
      while (!last.ended) yield self.pause()
    })
    const scheduler = start(whole)
    cycles(scheduler)
    last.control.deliver(producerFinished())
    cycles(scheduler)
    expect([whole.ended, whole.signal]).toEqual([true, last.signal])
    expect([...said]).toEqual([{ kind: 'producerFinished' }])
  })

  it('CTL-06 a neighbour whose control refuses does not harm the one that ends', () => {
    class Crowded extends Part {
      override readonly control: Inbox<Control> = new Inbox('One word', {
        capacity: 1,
        whenFull: 'throw',
      })
    }
    const crowded = new Crowded()
    crowded.control.deliver(producerFinished())
    const part = new Part(doing((self) => self.activate(crowded)))
    link(part.signal, crowded.control)
    const scheduler = new Scheduler({ onFailure: 'stop' })
    scheduler.activate(part)
    cycles(scheduler)
    expect([part.ended, crowded.ended]).toEqual([true, false])
    expect([...crowded.control].length).toBe(1)
    scheduler.stop()
  })
})
