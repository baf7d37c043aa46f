import { Inbox, link, type Outbox } from '@udpng/core'
import { DataSource, Splitter, Transformer } from '@udpng/flow'
import { describe, expectTypeOf, it } from 'vitest'

type Letter = readonly [host: string, port: number, data: string | Uint8Array]

function sourceOf<T>(items: T[]): DataSource<T> {
  return new DataSource(items)
}

describe('types', () => {
  it('DAT-01 a list written in place is typed so precisely that letters are letters', () => {
    const source = new DataSource([
      ['server1.com', 1500, 'hello'],
      ['server2.com', 1500, 'hello'],
    ])
    link(source.outbox, new Inbox<Letter>('Letters'))
    // @ts-expect-error letters are not text
    link(new DataSource([['server1.com', 1500, 'hello']]).outbox, new Inbox<string>('Text'))
    const numbers: DataSource<number> = new DataSource([1, 2])
    expectTypeOf(numbers.outbox).toEqualTypeOf<Outbox<number>>()
    expectTypeOf(new DataSource([1, 2])).toEqualTypeOf(numbers)
    expectTypeOf(new DataSource<unknown>([1, 'a', null]).outbox).toEqualTypeOf<Outbox<unknown>>()
    expectTypeOf(sourceOf([1])).toEqualTypeOf(numbers)
    expectTypeOf(new DataSource(new Set<string>()).outbox).toEqualTypeOf<Outbox<string>>()
  })

  it('TRF-01 the outbox has the type of what f gives, less undefined', () => {
    const lengths = new Transformer((text: string) => (text === '' ? undefined : text.length))
    expectTypeOf(lengths.inbox).toEqualTypeOf<Inbox<string>>()
    expectTypeOf(lengths.outbox).toEqualTypeOf<Outbox<number>>()
  })

  it('SPL-01 a sink must take all that the splitter gives', () => {
    const splitter = new Splitter<string>()
    splitter.add(new Inbox<string>('Text'))
    splitter.add(new Inbox<unknown>('Anything'))
    splitter.add(new Inbox<string | number>('Text and numbers'))
    splitter.remove(new Inbox<unknown>('Anything'))
    // @ts-expect-error numbers are not text
    splitter.add(new Inbox<number>('Numbers'))
    // @ts-expect-error not all text is 'a'
    splitter.add(new Inbox<'a'>('A'))
  })
})
