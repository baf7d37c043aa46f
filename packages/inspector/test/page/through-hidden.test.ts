import { describe, expect, it } from 'vitest'
import { structureOf } from '../../page/model/structure.js'
import { wiresOf } from '../../page/model/wires.js'
import { rowsOf } from '../../page/view/rows.js'
import { component, picture } from './invented.js'

const box = { doc: '', length: 0, capacity: 10, delivered: 0, taken: 0, dropped: 0 }
const out = { doc: '', sent: 0, discarded: 0 }
const joint = (drops = {}) =>
  component({
    plumbing: true,
    drops,
    inboxes: { inbox: box, control: box },
    outboxes: { outbox1: out, outbox2: out, signal: out },
  })
const all = (drops = {}) =>
  picture(
    {
      'A#1': component(),
      'B#2': component(),
      'C#3': component(),
      'A.outbox#4': joint(drops),
      'self.outbox#5': joint(),
      'Selector#6': component({ plumbing: true }),
    },
    {
      'A#1.outbox': 'A.outbox#4.inbox',
      'A.outbox#4.outbox1': 'self.outbox#5.inbox',
      'A.outbox#4.outbox2': 'C#3.inbox',
      'self.outbox#5.outbox1': 'B#2.inbox',
      'A#1.signal': 'A.outbox#4.control',
      'A.outbox#4.signal': 'C#3.control',
      'A#1.requests': 'Selector#6.inbox',
    },
  )
const drawn = (of = all(), shown = { plumbing: false, control: false }) => {
  const { cards, wires } = structureOf(of, wiresOf(of), shown)
  const end = ({ component: name, box: field }: { component: string; box: string }) =>
    `${name}.${field}`
  return {
    cards: [...cards.keys()],
    wires: wires.map(({ from, to }) => `${end(from)} > ${end(to)}`),
    ids: new Set(wires.map(({ id }) => id)).size,
  }
}

describe('plumbing', () => {
  it('INS-73 is hidden, and what is linked through it is drawn as linked', () => {
    expect(drawn()).toEqual({
      cards: ['A#1', 'B#2', 'C#3'],
      wires: ['A#1.outbox > B#2.inbox', 'A#1.outbox > C#3.inbox'],
      ids: 2,
    })
    expect(drawn(all(), { plumbing: false, control: true }).wires).toEqual([
      'A#1.outbox > B#2.inbox',
      'A#1.outbox > C#3.inbox',
      'A#1.signal > C#3.control',
    ])
    const { cards, wires } = drawn(all(), { plumbing: true, control: false })
    expect([cards.length, wires.length]).toEqual([6, 5])
  })

  it('INS-73 is shown when it has dropped something', () => {
    expect(drawn(all({ unread: 1 }))).toMatchObject({
      cards: ['A#1', 'B#2', 'C#3', 'A.outbox#4'],
      wires: [
        'A#1.outbox > A.outbox#4.inbox',
        'A.outbox#4.outbox1 > B#2.inbox',
        'A.outbox#4.outbox2 > C#3.inbox',
      ],
    })
    const rows = rowsOf(
      all({ unread: 1 }),
      new Map(),
      { plumbing: false, control: false },
      () => true,
      {
        column: 'started',
        descending: false,
      },
    )
    expect(rows.map(({ name }) => name)).toEqual(['A#1', 'B#2', 'C#3', 'A.outbox#4'])
  })

  it('INS-73 links of plumbing in a circle end', () => {
    const circle = picture(
      { 'A#1': component(), 'J#2': joint(), 'K#3': joint() },
      {
        'A#1.outbox': 'J#2.inbox',
        'J#2.outbox1': 'K#3.inbox',
        'K#3.outbox1': 'J#2.inbox',
        'K#3.outbox2': 'A#1.inbox',
      },
    )
    expect(drawn(circle).wires).toEqual(['A#1.outbox > A#1.inbox'])
  })
})
