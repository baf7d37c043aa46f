import {
  Box,
  Component,
  Inbox,
  type Linkage,
  link,
  type Main,
  Outbox,
  UdpngError,
} from '@udpng/core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { cycles, doing, forever, noting, Part, start, thrownBy } from './part.js'

const boxes = () => ({
  outbox: new Outbox<unknown>('Out'),
  other: new Outbox<unknown>('Other out'),
  inbox: new Inbox<unknown>('In'),
  elsewhere: new Inbox<unknown>('Elsewhere'),
})

describe('link', () => {
  it('LNK-01 joins exactly these two boxes, and returns a Linkage', () => {
    const { outbox, other, inbox, elsewhere } = boxes()
    const linkage = link(outbox, inbox)
    expectTypeOf(linkage).toEqualTypeOf<Linkage>()
    outbox.send(1)
    other.send(2)
    expect([...inbox]).toEqual([1])
    expect([outbox.linked, other.linked, elsewhere.ready]).toEqual([true, false, false])
    expect(typeof linkage.unlink).toBe('function')
  })

  it.each(['before', 'after'])('LNK-01 called by any component, %s activation', (when) => {
    const log: unknown[] = []
    const sender = new Part(function* (self): Main {
      yield self.pause()
      self.outbox.send('sent')
      yield* forever(self)
    })
    const receiver = new Part(function* (self): Main {
      for (;;) {
        log.push(...self.inbox)
        yield self.pause()
      }
    })
    if (when === 'before') link(sender.outbox, receiver.inbox)
    const scheduler = start(sender, receiver)
    cycles(scheduler)
    if (when === 'after') {
      const third = new Part(doing(() => link(sender.outbox, receiver.inbox)))
      scheduler.activate(third)
      cycles(scheduler)
    }
    sender.inbox.deliver('go')
    cycles(scheduler)
    expect(log).toEqual(['sent'])
  })

  it('LNK-02 linking a linked outbox throws and names source, present and refused destination', () => {
    class Source extends Part {}
    class Sink extends Part {}
    const [source, sink, second] = [new Source(), new Sink(), new Sink()]
    start(source, sink, second)
    link(source.outbox, sink.inbox)
    const thrown = thrownBy(() => link(source.outbox, second.inbox)) as UdpngError
    expect(thrown).toBeInstanceOf(UdpngError)
    expect(thrown).toMatchObject({
      code: 'BOX_ALREADY_LINKED',
      component: 'Source#1',
      box: 'outbox',
    })
    for (const name of ['Source#1.outbox', 'Sink#1.inbox', 'Sink#2.inbox'])
      expect(thrown.message).toContain(name)
    expect(second.inbox.deliver(1) && source.outbox.send('still here')).toBe(true)
    expect([...sink.inbox]).toEqual(['still here'])
    expect(second.inbox.length).toBe(1)
  })

  it('LNK-02 also for the same pair again; the first link still works, and is the only one', () => {
    const { outbox, inbox } = boxes()
    const first = link(outbox, inbox)
    expect(thrownBy(() => link(outbox, inbox))).toMatchObject({ code: 'BOX_ALREADY_LINKED' })
    outbox.send(1)
    expect([...inbox]).toEqual([1])
    first.unlink()
    expect(outbox.linked).toBe(false)
  })

  it('LNK-02 boxes without an owner are named by what they mean', () => {
    const { outbox, inbox, elsewhere } = boxes()
    link(outbox, inbox)
    expect(() => link(outbox, elsewhere)).toThrow(/"Out" to "Elsewhere".* feeds "In"/)
  })

  it('LNK-07 Outbox<T> links to Inbox<U> only if T fits U', () => {
    const narrow = new Outbox<'a' | 'b'>('Letters')
    const numbers = new Outbox<number>('Numbers')
    const strings = new Inbox<string>('Strings')
    expectTypeOf(link(narrow, strings)).toEqualTypeOf<Linkage>()
    // @ts-expect-error a number is not a string
    link(numbers, strings)
    // @ts-expect-error not every string or number is a string
    link(new Outbox<string | number>('Mixed'), strings)
    // @ts-expect-error the ends are swapped
    expect(() => link(strings, narrow)).toThrow(UdpngError)
    expectTypeOf<Outbox<number>>().not.toExtend<Outbox<number | string>>()
    expectTypeOf<Inbox<number>>().not.toExtend<Inbox<number | string>>()
  })

  it('LNK-07 CMP-01 a protected box cannot be wired', () => {
    class Closed extends Component {
      protected readonly hidden: Inbox<number> = new Inbox('Hidden')
      override *main(): Main {
        yield
      }
    }
    const { outbox } = boxes()
    // @ts-expect-error protected
    link(outbox as Outbox<number>, new Closed().hidden)
    expect(outbox.linked).toBe(true)
  })

  it.each([
    ['an inbox', new Inbox('Wrong way'), '"Wrong way"'],
    ['a component', new Part(), 'Part'],
    ['a class', Part, 'function Part'],
    [
      'a foreign box',
      new (class Odd extends Box {
        override cut() {}
      })('Odd box'),
      '"Odd box"',
    ],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['an object', {}, '{}'],
    ['a string', 'outbox', '"outbox"'],
  ])('LNK-07 without types, link from %s throws and says which end', (_, wrong, name) => {
    const { inbox } = boxes()
    const thrown = thrownBy(() => link(wrong as Outbox<unknown>, inbox)) as UdpngError
    expect(thrown).toMatchObject({ code: 'BAD_LINK' })
    expect(thrown.message).toContain(`${name}: it must be an outbox`)
    expect(thrown.message.length).toBeLessThan(120)
  })

  it.each([
    ['an outbox', new Outbox('Wrong way'), '"Wrong way"'],
    ['a component', new Part(), 'Part'],
    ['undefined', undefined, 'undefined'],
    ['an array', [1, 2], '[1,2]'],
  ])('LNK-07 without types, link to %s throws and says which end', (_, wrong, name) => {
    const { outbox } = boxes()
    const thrown = thrownBy(() => link(outbox, wrong as unknown as Inbox<unknown>)) as UdpngError
    expect(thrown).toMatchObject({ code: 'BAD_LINK' })
    expect(thrown.message).toContain(`${name}: it must be an inbox`)
    expect(outbox.linked).toBe(false)
  })
})

describe('unlink', () => {
  it('LNK-03 removes that link only; delivered messages stay, later ones are discarded and counted', () => {
    const { outbox, other, inbox } = boxes()
    const linkage = link(outbox, inbox)
    link(other, inbox)
    outbox.send(1)
    linkage.unlink()
    outbox.send(2)
    other.send(3)
    expect([...inbox]).toEqual([1, 3])
    expect(outbox).toMatchObject({ sent: 1, discarded: 1, linked: false })
  })

  it('LNK-03 the outbox can be linked again, also to the same inbox', () => {
    const { outbox, inbox, elsewhere } = boxes()
    link(outbox, inbox).unlink()
    link(outbox, elsewhere).unlink()
    link(outbox, inbox)
    outbox.send(1)
    expect([inbox.length, elsewhere.length]).toEqual([1, 0])
  })

  it('LNK-03 [Symbol.dispose] does the same', () => {
    const { outbox, inbox } = boxes()
    {
      using linkage = link(outbox, inbox)
      outbox.send(1)
      expect(typeof linkage.unlink).toBe('function')
    }
    outbox.send(2)
    expect([...inbox]).toEqual([1])
    expect(outbox.discarded).toBe(1)
  })

  it('LNK-04 a second time does nothing, also when the outbox has been linked elsewhere since', () => {
    const { outbox, other, inbox, elsewhere } = boxes()
    const first = link(outbox, inbox)
    link(other, inbox)
    first.unlink()
    first.unlink()
    link(outbox, elsewhere)
    first.unlink()
    first[Symbol.dispose]()
    outbox.send(1)
    other.send(2)
    expect([...elsewhere]).toEqual([1])
    expect([...inbox]).toEqual([2])
  })

  it('LNK-04 nor when the outbox has been linked to the same inbox again', () => {
    const { outbox, inbox } = boxes()
    const first = link(outbox, inbox)
    first.unlink()
    link(outbox, inbox)
    first.unlink()
    outbox.send(1)
    expect(inbox.length).toBe(1)
  })

  it('LNK-05 wakes the owner of the outbox, so that a component waiting there for room continues', () => {
    const source = new Part(function* (self): Main {
      while (self.outbox.full) yield self.pause()
    })
    const full = new Inbox<unknown>('Full', { capacity: 1 })
    full.deliver(0)
    const linkage = link(source.outbox, full)
    const scheduler = start(source)
    cycles(scheduler)
    expect(source.ended).toBe(false)
    linkage.unlink()
    cycles(scheduler)
    expect(source.ended).toBe(true)
  })

  it('LNK-05 wakes no other component: not the owner of the inbox, not another sender', () => {
    const log: unknown[] = []
    const [a, b, c] = [0, 1, 2].map((n) => new Part(noting(log, n))) as [Part, Part, Part]
    const linkage = link(a.outbox, c.inbox)
    link(b.outbox, c.inbox)
    const scheduler = start(a, b, c)
    cycles(scheduler)
    log.length = 0
    linkage.unlink()
    cycles(scheduler)
    expect(log).toEqual([0])
  })

  it('LNK-03 LNK-04 onCut is called once, by whichever call', () => {
    const { outbox, inbox } = boxes()
    const log: string[] = []
    const linkage = link(outbox, inbox, () => log.push('unlink'))
    linkage.unlink()
    linkage.unlink()
    const part = new Part(doing(() => {}))
    link(outbox, part.inbox, () => log.push('end of the receiver'))
    const sender = new Part(doing(() => {}))
    link(sender.outbox, inbox, () => log.push('end of the sender'))
    cycles(start(part, sender))
    expect(log).toEqual(['unlink', 'end of the receiver', 'end of the sender'])
  })

  it('LNK-06 ERR-06 an onCut that throws harms neither the end of a component nor the caller of unlink', () => {
    const { outbox, other, inbox } = boxes()
    const explode = (): never => {
      throw new Error('in onCut')
    }
    const part = new Part(doing(() => {}))
    link(outbox, part.inbox, explode)
    link(other, part.inbox, explode)
    link(part.outbox, inbox, explode)
    const sibling = new Part(doing(() => {}))
    cycles(start(part, sibling))
    expect([part.ended, sibling.ended]).toEqual([true, true])
    expect([outbox.linked, other.linked, part.outbox.linked]).toEqual([false, false, false])
    link(outbox, inbox, explode).unlink()
    expect(outbox.linked).toBe(false)
  })
})

describe('the end of a component', () => {
  it('LNK-06 its last messages are out, then all links from and to its boxes are cut, regardless of their creator', () => {
    const { inbox } = boxes()
    const part = new Part(doing((self) => self.outbox.send('last words')))
    const sender = new Part()
    link(sender.outbox, part.inbox)
    link(part.outbox, inbox)
    cycles(start(part, sender))
    expect([...inbox]).toEqual(['last words'])
    expect([part.outbox.linked, sender.outbox.linked, part.signal.linked]).toEqual([
      false,
      false,
      false,
    ])
  })

  it('LNK-06 an ended inbox applies no backpressure', () => {
    class Narrow extends Part {
      readonly slot: Inbox<unknown> = new Inbox('Slot', { capacity: 1 })
    }
    const narrow = new Narrow(function* (self): Main {
      yield self.pause()
    })
    const source = new Part(function* (self): Main {
      for (let n = 0; n < 5; n++) {
        while (self.outbox.full) yield self.pause()
        self.outbox.send(n)
      }
    })
    link(source.outbox, narrow.slot)
    const scheduler = start(narrow, source)
    cycles(scheduler, 1)
    expect([source.ended, narrow.ended]).toEqual([false, false])
    narrow.inbox.deliver('wake up and end')
    cycles(scheduler)
    expect([source.ended, narrow.ended]).toEqual([true, true])
    expect(source.outbox).toMatchObject({ sent: 1, discarded: 4 })
  })

  it('LNK-06 boxes adopted while it ran are cut too, and a released one at once', () => {
    const { outbox, other, inbox } = boxes()
    const part = new Part(function* (self): Main {
      const kept = self.adopt('kept', new Inbox<unknown>('Kept'))
      const lent = self.adopt('lent', new Outbox<unknown>('Lent'))
      link(outbox, kept)
      link(lent, inbox)
      yield self.pause()
      expect(lent.linked && lent.name === 'Part#1.lent').toBe(true)
      self.release(lent)
      expect([lent.linked, 'lent' in self]).toEqual([false, false])
      const brief = self.adopt('brief', new Inbox<unknown>('Brief'))
      link(other, brief)
      self.release(brief)
      expect(other.linked).toBe(false)
      expect(outbox.linked).toBe(true)
      yield self.pause()
    })
    const scheduler = start(part)
    cycles(scheduler)
    outbox.send('wakes it')
    cycles(scheduler)
    expect([part.ended, outbox.linked]).toEqual([false, true])
    outbox.send('wakes it')
    cycles(scheduler)
    expect([part.ended, outbox.linked]).toEqual([true, false])
  })

  it('LNK-06 a link to or from a component that has ended is cut at once, so it does not block other senders', () => {
    const { outbox, inbox } = boxes()
    const gone = new Part(doing(() => {}))
    cycles(start(gone))
    let cut = 0
    link(outbox, gone.inbox, () => cut++)
    link(gone.outbox, inbox, () => cut++)
    expect([cut, outbox.linked, gone.outbox.linked]).toEqual([2, false, false])
    expect([outbox.send(1), outbox.full]).toEqual([true, false])
    link(outbox, inbox)
    expect(outbox.linked).toBe(true)
  })
})

describe('changes during use', () => {
  it('LNK-08 cutting and making links inside for..of is safe', () => {
    const { outbox, other, inbox, elsewhere } = boxes()
    let linkage = link(outbox, inbox)
    const side = link(other, inbox)
    for (let n = 0; n < 10; n++) outbox.send(n)
    const got: unknown[] = []
    for (const message of inbox) {
      got.push(message)
      if (message === 2) {
        linkage.unlink()
        linkage = link(outbox, elsewhere)
        outbox.send('elsewhere')
      }
      if (message === 5) {
        side.unlink()
        linkage.unlink()
        linkage = link(outbox, inbox)
        outbox.send('back')
      }
    }
    expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 'back'])
    expect([...elsewhere]).toEqual(['elsewhere'])
  })

  it('LNK-08 when one link goes, onCut may cut and make others, also while a component ends', () => {
    const { elsewhere } = boxes()
    const part = new Part(doing(() => {}))
    const senders = Array.from({ length: 5 }, () => new Outbox<unknown>('Sender'))
    const linkages: Linkage[] = senders.map((sender) =>
      link(sender, part.inbox, () => {
        for (const linkage of linkages) linkage.unlink()
        link(sender, elsewhere)
      }),
    )
    cycles(start(part))
    for (const [n, sender] of senders.entries()) sender.send(n)
    expect([...elsewhere]).toEqual([0, 1, 2, 3, 4])
  })

  it('LNK-08 of many links to one inbox any may go in any order: the rest still wake and feed', () => {
    const log: unknown[] = []
    const sinks = new Part()
    const senders = Array.from({ length: 30 }, (_, n) => new Part(noting(log, n)))
    const linkages = senders.map((sender) => link(sender.outbox, sinks.inbox))
    const scheduler = start(...senders, sinks)
    cycles(scheduler)
    for (let n = 0; n < 30; n += 2) linkages[(n * 7) % 30]?.unlink()
    cycles(scheduler)
    const left = senders.flatMap((sender, n) => (sender.outbox.linked ? [n] : []))
    expect(left.length).toBe(15)
    log.length = 0
    sinks.inbox.deliver(1)
    sinks.inbox.recv()
    cycles(scheduler)
    expect(log).toEqual(left)
  })
})
