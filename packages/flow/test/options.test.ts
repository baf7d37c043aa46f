import { Cycle, FanOut, Filter, First, Limit, Pace, Sample, Text } from '@udpng/flow'
import { describe, expect, it } from 'vitest'

const wrong: readonly [what: string, make: () => unknown, message: string][] = [
  [
    'Cycle without items',
    () => new Cycle({} as never),
    'cannot create Cycle: items is undefined; it must be a list of at least one item',
  ],
  [
    'Cycle of nothing',
    () => new Cycle({ items: [] }),
    'cannot create Cycle: items is []; it must be a list of at least one item',
  ],
  [
    'Filter without a text',
    () => new Filter({}),
    'cannot create Filter: it needs contains, except or both',
  ],
  [
    'Filter of everything',
    () => new Filter({ contains: '' }),
    'cannot create Filter: contains is ""; it must be a string that is not empty',
  ],
  [
    'First of none',
    () => new First({ count: 0 }),
    'cannot create First: count is 0; it must be a whole number >= 1, or Infinity',
  ],
  [
    'First of a part',
    () => new First({ count: 1.5 }),
    'cannot create First: count is 1.5; it must be a whole number >= 1, or Infinity',
  ],
  [
    'Limit of 0',
    () => new Limit({ perSecond: 0 }),
    'cannot create Limit: perSecond is 0; it must be a number of messages > 0',
  ],
  [
    'Limit of NaN',
    () => new Limit({ perSecond: NaN }),
    'cannot create Limit: perSecond is NaN; it must be a number of messages > 0',
  ],
  [
    'Sample of 0',
    () => new Sample({ every: 0 }),
    'cannot create Sample: every is 0; it must be a whole number >= 1',
  ],
  [
    'Pace of 0',
    () => new Pace({ perSecond: 0 }),
    'cannot create Pace: perSecond is 0; it must be a number of messages > 0, or Infinity',
  ],
  [
    'Pace of half a repeat',
    () => new Pace({ repeat: 0.5 }),
    'cannot create Pace: repeat is 0.5; it must be a whole number >= 1',
  ],
  [
    'Text of a number',
    () => new Text({ template: 7 as never }),
    'cannot create Text: template is 7; it must be a string',
  ],
  [
    'FanOut to nothing',
    () => new FanOut({ targets: [] }),
    'cannot create FanOut: targets is []; it must be a list of at least one [host, port], port 1-65535',
  ],
  [
    'FanOut to port 0',
    () => new FanOut({ targets: [['::1', 0]] }),
    'cannot create FanOut: targets is [["::1",0]]; it must be a list of at least one [host, port], port 1-65535',
  ],
]

const parts: readonly [name: string, make: new (options: never) => unknown][] = [
  ['Cycle', Cycle],
  ['Filter', Filter],
  ['First', First],
  ['Limit', Limit],
  ['Sample', Sample],
  ['Pace', Pace],
  ['Text', Text],
  ['FanOut', FanOut],
]

describe('options of parts', () => {
  it.each(wrong)('GFL-07 %s is refused', (_, make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'BAD_OPTION', message }))
  })

  it.each(parts)('GFL-07 %s refuses an option that it does not have', (name, Part) => {
    expect(() => new Part({ nonsense: 1 } as never)).toThrow(
      expect.objectContaining({
        code: 'BAD_OPTION',
        message: expect.stringMatching(
          `^cannot create ${name}: unknown option "nonsense"; the options are `,
        ),
      }),
    )
  })
})
