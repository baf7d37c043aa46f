import {
  type Control,
  Inbox,
  link,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
  UdpngError,
} from '@udpng/core'
import { Transformer } from '@udpng/flow'
import { describe, expect, it } from 'vitest'

/** A transformer with its neighbours' boxes, to be stepped by hand. */
function start<In, Out>(f: (message: In) => Out | undefined, capacity = 1024) {
  const transformer = new Transformer(f)
  const out = new Inbox<Out>('What it sends', { capacity })
  const errors = new Inbox<UdpngError>('What it reports', { capacity: 2 })
  const said = new Inbox<Control>('What it says')
  link(transformer.outbox, out)
  link(transformer.errors, errors)
  link(transformer.signal, said)
  const scheduler = new Scheduler()
  scheduler.activate(transformer)
  const { inbox, control } = transformer
  const steps = (count = 20): void => {
    for (let i = 0; i < count; i++) scheduler.step()
  }
  return { transformer, inbox, control, out, errors, said, scheduler, steps }
}

const half = (n: number): number | undefined => (n % 2 === 0 ? n / 2 : undefined)

describe('Transformer', () => {
  it('TRF-01 sends f(message) for each message, in order, and nothing for undefined', () => {
    const { inbox, out, steps } = start(half)
    for (let i = 0; i < 200; i++) inbox.deliver(i)
    steps()
    expect([...out]).toEqual(Array.from({ length: 100 }, (_, i) => i))
    inbox.deliver(1000)
    steps(1)
    expect([...out]).toEqual([500])
  })

  it('TRF-01 takes a bounded batch in a step, so that a slow f leaves the others theirs', () => {
    const { inbox, steps } = start(half)
    for (let i = 0; i < 1000; i++) inbox.deliver(i)
    steps(1)
    expect(inbox.taken).toBeLessThan(100)
    steps(100)
    expect(inbox.taken).toBe(1000)
  })

  it('TRF-01 null, false, 0 and an empty text are messages', () => {
    const { inbox, out, steps } = start((message: unknown) => message)
    for (const message of [null, false, 0, '', undefined]) inbox.deliver(message)
    steps()
    expect([...out]).toEqual([null, false, 0, ''])
  })

  it('TRF-02 CTL-03 producerFinished ends it after what is queued, with a new producerFinished', () => {
    const { transformer, inbox, control, out, said, steps } = start(half)
    for (let i = 0; i < 200; i++) inbox.deliver(i)
    const word = producerFinished()
    control.deliver(word)
    steps()
    expect(out.length).toBe(100)
    expect(transformer.ended).toBe(true)
    expect(said.length).toBe(1)
    const answer = said.recv()
    expect(answer).toEqual(producerFinished())
    expect(answer).not.toBe(word)
  })

  it('TRF-02 producerFinished waits for room for the rest', () => {
    const { transformer, inbox, control, out, said, steps } = start((n: number) => n, 2)
    for (let i = 0; i < 5; i++) inbox.deliver(i)
    control.deliver(producerFinished())
    steps()
    expect([transformer.ended, said.length]).toEqual([false, 0])
    expect([...out, 'then'].length).toBe(3)
    steps()
    expect([...out]).toEqual([2, 3])
    steps()
    expect([...out]).toEqual([4])
    expect([...said]).toEqual([producerFinished()])
    expect(transformer.ended).toBe(true)
  })

  it('TRF-02 CTL-03 shutdownMicroprocess ends it at once and is passed on', () => {
    const word = shutdownMicroprocess({ cause: new Error('enough') })
    const { transformer, inbox, control, out, said, steps } = start((n: number) => {
      if (n === 3) control.deliver(word)
      return n
    })
    for (let i = 1; i < 10; i++) inbox.deliver(i)
    steps(1)
    expect(transformer.ended).toBe(true)
    expect([...out]).toEqual([1, 2, 3])
    expect([...said]).toEqual([word])
    expect(transformer.signal.sent).toBe(1)
    expect(inbox.dropped).toBe(6)
  })

  it('TRF-02 shutdownMicroprocess outranks producerFinished, and ends it also under backpressure', () => {
    const { transformer, inbox, control, out, said, steps } = start((n: number) => n, 1)
    for (let i = 0; i < 5; i++) inbox.deliver(i)
    steps()
    const word = shutdownMicroprocess()
    control.deliver(word)
    control.deliver(producerFinished())
    steps(1)
    expect(transformer.ended).toBe(true)
    expect([...said]).toEqual([word])
    expect(out.length).toBe(1)
  })

  it('TRF-03 if f throws, the message is dropped and counted, and errors gets the cause', () => {
    const cause = new Error('no number')
    const { transformer, inbox, out, errors, steps } = start((n: number) => {
      if (n === 2) throw cause
      return n
    })
    for (const n of [1, 2, 3]) inbox.deliver(n)
    steps()
    expect([...out]).toEqual([1, 3])
    expect(transformer.failed).toBe(1)
    const error = errors.recv()
    expect(error).toBeInstanceOf(UdpngError)
    expect(error).toMatchObject({
      code: 'TRANSFORM_FAILED',
      message: 'Transformer#1 dropped a message, f threw: no number',
      component: 'Transformer#1',
      box: 'inbox',
      cause,
    })
    expect(errors.ready).toBe(false)
  })

  it('TRF-03 whatever is thrown is the cause', () => {
    for (const cause of ['text', undefined, null, Symbol('s'), Object.create(null)]) {
      const { transformer, inbox, errors, steps } = start((_: number) => {
        throw cause
      })
      inbox.deliver(1)
      steps()
      expect(errors.recv()).toHaveProperty('cause', cause)
      expect([transformer.failed, transformer.ended]).toEqual([1, false])
    }
  })

  it('TRF-03 reports that find errors full are dropped: they delay nothing', () => {
    const { transformer, inbox, out, errors, steps } = start((n: number) => {
      if (n < 10) throw new Error('small')
      return n
    })
    for (let n = 0; n < 12; n++) inbox.deliver(n)
    steps()
    expect([...out]).toEqual([10, 11])
    expect(transformer.failed).toBe(10)
    expect(errors.delivered).toBe(2)
  })

  it('TRF-03 errors that lead nowhere are counted, too', () => {
    const transformer = new Transformer((_: number) => {
      throw new Error('never')
    })
    const scheduler = new Scheduler()
    scheduler.activate(transformer)
    transformer.inbox.deliver(1)
    scheduler.step()
    expect([transformer.failed, transformer.errors.discarded]).toEqual([1, 1])
    scheduler.stop()
  })

  it('FLO-05 takes nothing while its outbox is full, and goes on when there is room', () => {
    const { inbox, out, steps } = start((n: number) => n, 3)
    for (let i = 0; i < 10; i++) inbox.deliver(i)
    steps()
    expect([out.length, inbox.length]).toEqual([3, 7])
    out.recv()
    steps()
    expect([out.length, inbox.length]).toEqual([3, 6])
  })

  it('TRF-01 what is not a function is refused, also when it cannot be written as text', () => {
    expect(() => new Transformer(Object.create(null))).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION' }),
    )
    expect(() => new Transformer('upper' as never)).toThrow(
      expect.objectContaining({
        code: 'BAD_OPTION',
        message: 'cannot create Transformer: f is "upper"; it must be a function of one message',
      }),
    )
  })
})
