import { Inbox, link, messages, Outbox, Scheduler, UdpngError } from '@udpng/core'
import {
  badOption,
  callback,
  checkOptions,
  flag,
  hint,
  mustBe,
  nearest,
  number,
  type OptionTable,
  oneOf,
  positive,
  show,
  text,
  whole,
} from '@udpng/core/options'
import { describe, expect, it } from 'vitest'
import { Part } from './part.js'

interface Options {
  readonly port?: number
  readonly limit?: number
  readonly waitMs?: number
  readonly share?: number
  readonly mode?: 'fast' | 'slow'
  readonly loud?: boolean
  readonly tag?: string
  readonly key?: string
  readonly onEnd?: () => void
  readonly deep?: { readonly ttl?: number }
}

const table: OptionTable<Options> = {
  port: { kind: whole, min: 0, max: 65535 },
  limit: { kind: whole, unit: 'messages', min: 1 },
  waitMs: { kind: number, unit: 'milliseconds', min: 1, max: Infinity },
  share: { kind: positive },
  mode: { kind: oneOf, values: ['fast', 'slow'] },
  loud: { kind: flag },
  tag: { kind: text },
  key: { kind: { accepts: (value) => (value as string).length > 3, must: () => 'long' } },
  onEnd: { kind: callback },
  deep: {
    kind: { accepts: (value) => typeof value === 'object', must: () => 'an object' },
    options: { ttl: { kind: whole, min: 0, max: 255 } } as OptionTable<object>,
  },
}

function check(options: object): Options {
  return checkOptions('make it', table, options as Options)
}

function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    expect(error).toBeInstanceOf(UdpngError)
    expect(error).toMatchObject({ code: 'BAD_OPTION' })
    return (error as UdpngError).message
  }
  throw new Error('it was accepted')
}

describe('checkOptions', () => {
  it.each([
    [{ prot: 1 }, 'unknown option "prot"; did you mean port?'],
    [{ PORT: 1 }, 'unknown option "PORT"; did you mean port?'],
    [{ wait: 1 }, 'unknown option "wait"; did you mean waitMs?'],
    [{ wait_ms: 1 }, 'unknown option "wait_ms"; did you mean waitMs?'],
    [{ lmiit: 1 }, 'unknown option "lmiit"; did you mean limit?'],
    [{ prot: undefined }, 'unknown option "prot"; did you mean port?'],
    [
      { toString: 1 },
      'unknown option "toString"; the options are port, limit, waitMs, share, mode, loud, tag, key, onEnd, deep',
    ],
    [{ constructor: 1 }, /^cannot make it: unknown option "constructor"; the options are port/],
  ])('OPT-01 OPT-02 refuses %o', (options, message) => {
    const text = refusal(() => check(options))
    if (typeof message === 'string') expect(text).toBe(`cannot make it: ${message}`)
    else expect(text).toMatch(message)
  })

  it.each([
    [{ port: 65536 }, 'port is 65536; it must be a whole number from 0 to 65535'],
    [{ port: -1 }, 'port is -1; it must be a whole number from 0 to 65535'],
    [{ port: 80.5 }, 'port is 80.5; it must be a whole number from 0 to 65535'],
    [{ port: '80' }, 'port is "80"; it must be a whole number from 0 to 65535'],
    [{ port: 80n }, 'port is bigint; it must be a whole number from 0 to 65535'],
    [{ limit: 0 }, 'limit is 0; it must be a whole number of messages >= 1'],
    [{ limit: Infinity }, 'limit is Infinity; it must be a whole number of messages >= 1'],
    [{ port: null }, 'port is null; it must be a whole number from 0 to 65535'],
    [{ waitMs: 0.9 }, 'waitMs is 0.9; it must be a number of milliseconds >= 1, or Infinity'],
    [{ waitMs: NaN }, 'waitMs is NaN; it must be a number of milliseconds >= 1, or Infinity'],
    [{ waitMs: '5' }, 'waitMs is "5"; it must be a number of milliseconds >= 1, or Infinity'],
    [{ share: '1' }, 'share is "1"; it must be a number > 0'],
    [{ share: 0 }, 'share is 0; it must be a number > 0'],
    [{ share: Infinity }, 'share is Infinity; it must be a number > 0'],
    [{ mode: 'Fast' }, 'mode is "Fast"; it must be "fast" or "slow"'],
    [{ loud: 1 }, 'loud is 1; it must be true or false'],
    [{ tag: 5 }, 'tag is 5; it must be a string'],
    [{ onEnd: 5 }, 'onEnd is 5; it must be a function'],
    [{ deep: 5 }, 'deep is 5; it must be an object'],
    [{ key: 'abc' }, 'key is "abc"; it must be long'],
  ])('OPT-03 refuses %o, with what is allowed', (options, message) => {
    expect(refusal(() => check(options))).toBe(`cannot make it: ${message}`)
  })

  it.each([{}, { size: undefined }])(
    'OPT-03 OPT-06 refuses %o without a required option',
    (options) => {
      const sized: OptionTable<{ size?: number | undefined }> = {
        size: { kind: whole, required: true },
      }
      expect(refusal(() => checkOptions('make it', sized, options))).toBe(
        'cannot make it: size is undefined; it must be a whole number >= 0',
      )
      expect(checkOptions('make it', sized, { size: 0 })).toEqual({ size: 0 })
    },
  )

  it('OPT-02 OPT-03 OPT-04 options of an option are checked too', () => {
    expect(refusal(() => check({ deep: { tll: 1 } }))).toBe(
      'cannot make it with deep: unknown option "tll"; did you mean ttl?',
    )
    expect(refusal(() => check({ deep: { ttl: 256 } }))).toBe(
      'cannot make it with deep: ttl is 256; it must be a whole number from 0 to 255',
    )
  })

  it('OPT-02 OPT-03 OPT-06 options of the objects in a list are checked too, and copied', () => {
    interface Listed {
      readonly hops?: readonly (string | { readonly ttl?: number })[]
    }
    const list: OptionTable<Listed> = {
      hops: {
        kind: { accepts: Array.isArray, must: () => 'a list' },
        items: { ttl: { kind: whole, max: 255 } } as OptionTable<object>,
      },
    }
    const hop = { ttl: 3 }
    const { hops } = checkOptions('make it', list, { hops: ['far', hop, {}] })
    expect(hops).toEqual(['far', { ttl: 3 }, {}])
    expect(hops?.[1]).not.toBe(hop)
    expect(checkOptions('make it', list, { hops: [] })).toEqual({ hops: [] })
    expect(refusal(() => checkOptions('make it', list, { hops: ['far', { ttl: 256 }] }))).toBe(
      'cannot make it with hops: ttl is 256; it must be a whole number from 0 to 255',
    )
    expect(refusal(() => checkOptions('make it', list, { hops: [{ tll: 1 } as never] }))).toBe(
      'cannot make it with hops: unknown option "tll"; did you mean ttl?',
    )
  })

  it('OPT-03 takes what is allowed, the limits too', () => {
    const given = {
      port: 65535,
      limit: 1,
      waitMs: Infinity,
      share: Number.MIN_VALUE,
      mode: 'slow',
      loud: false,
      tag: '',
      key: 'long',
      onEnd: () => {},
      deep: { ttl: 0 },
    }
    expect(check(given)).toEqual(given)
    expect(check({ port: 0, waitMs: 1, share: Number.MAX_VALUE })).toMatchObject({ port: 0 })
  })

  it('OPT-03 a test that throws has not passed', () => {
    expect(refusal(() => check({ key: null }))).toBe('cannot make it: key is null; it must be long')
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    for (const name of ['port', 'mode', 'tag', 'key'])
      expect(refusal(() => check({ [name]: proxy }))).toContain(`${name} is object; it must be`)
  })

  it('OPT-06 what is undefined was not given; without options there are none', () => {
    expect(check({ port: undefined, deep: { ttl: undefined } }).port).toBeUndefined()
    expect(checkOptions('make it', table, undefined)).toEqual({})
  })

  it.each([null, 5, 'text', true])('OPT-06 %j is not an object of options', (options) => {
    expect(refusal(() => checkOptions('make it', table, options as never))).toBe(
      `cannot make it: options is ${show(options)}; it must be an object`,
    )
  })

  it('OPT-06 what is returned is a copy of what was checked, nested options too', () => {
    const given = { tag: 'x', deep: { ttl: 1 } }
    const checked = checkOptions('make it', table, given)
    given.tag = 'y'
    given.deep.ttl = -1
    expect(checked).toEqual({ tag: 'x', deep: { ttl: 1 } })
  })
})

describe('what core takes', () => {
  it.each<[attempt: string, act: () => unknown, message: string]>([
    [
      'an inbox',
      () => new Inbox('x', { capcity: 1 } as never),
      'cannot create inbox "x": unknown option "capcity"; the options are capacity, whenFull, role',
    ],
    [
      'an inbox of 0',
      () => new Inbox('x', { capacity: 0 }),
      'cannot create inbox "x": capacity is 0; it must be a whole number >= 1, or Infinity',
    ],
    [
      'an inbox with another policy',
      () => new Inbox('x', { whenFull: 'drop' as never }),
      'cannot create inbox "x": whenFull is "drop"; it must be "accept" or "throw" or "dropNewest" or "dropOldest"',
    ],
    [
      'an outbox',
      () => new Outbox('x', { capacity: 1 } as never),
      'cannot create outbox "x": unknown option "capacity"; the options are role',
    ],
    [
      'a role',
      () => new Outbox('x', { role: 'date' as never }),
      'cannot create outbox "x": role is "date"; it must be "data" or "report" or "control" or "internal"',
    ],
    [
      'a scheduler',
      () => new Scheduler({ onfailure: 'stop' } as never),
      'cannot create Scheduler: unknown option "onfailure"; the options are clock, onFailure',
    ],
    [
      'a clock',
      () => new Scheduler({ clock: Date as never }),
      'cannot create Scheduler: clock is function Date; it must be a Clock',
    ],
    [
      'messages',
      () => messages(new Outbox('Out'), { nope: 1 } as never),
      'cannot read messages of "Out": unknown option "nope"; the options are signal, run',
    ],
    [
      'messages, with a signal that is not one',
      () => messages(new Outbox('Out'), { signal: 'abort' as never }),
      'cannot read messages of "Out": signal is "abort"; it must be an AbortSignal',
    ],
    [
      'null',
      () => new Inbox('x', null as never),
      'cannot create inbox "x": options is null; it must be an object',
    ],
  ])('OPT-01 OPT-04 %s', (_, act, message) => {
    expect(refusal(act)).toBe(message)
  })

  it('OPT-01 OPT-04 a run', async () => {
    const run = (options: object): Promise<void> => new Scheduler().run(options)
    await expect(run({ sginal: AbortSignal.abort() })).rejects.toThrow(
      'cannot run Scheduler: unknown option "sginal"; the options are signal, onReport',
    )
    const part = new Part()
    for (const [options, message] of [
      [
        { onFail: 'stop' },
        'cannot run Part: unknown option "onFail"; the options are clock, onFailure, signal, onReport',
      ],
      [
        { nope: 1 },
        'cannot run Part: unknown option "nope"; the options are clock, onFailure, signal, onReport',
      ],
    ] as const)
      await expect(part.run(options as never)).rejects.toMatchObject({
        code: 'BAD_OPTION',
        message,
      })
    // It was not started, and can be.
    await part.run({ signal: AbortSignal.abort() })
  })

  it('OPT-01 a refused messages() leaves the outbox unlinked', () => {
    const outbox = new Outbox<number>('Out')
    refusal(() => messages(outbox, { nope: 1 } as never))
    expect(outbox.linked).toBe(false)
  })
})

describe('nearest', () => {
  const names = ['localAddr', 'localPort', 'lingerMs', 'ttl']

  it.each([
    ['localPort', 'localPort'],
    ['localport', 'localPort'],
    ['local_port', 'localPort'],
    ['local-port', 'localPort'],
    ['LOCAL_PORT', 'localPort'],
    ['loclPort', 'localPort'],
    ['localPorrt', 'localPort'],
    ['localPart', 'localPort'],
    ['lcoalPort', 'localPort'],
    ['ocalPort', 'localPort'],
    ['localPor', 'localPort'],
    ['linger', 'lingerMs'],
    ['ttls', 'ttl'],
    ['TTL', 'ttl'],
    // Two slips, a short beginning, another name.
    ['loclPrt', undefined],
    ['lo', undefined],
    ['tl', 'ttl'],
    ['tag', undefined],
    ['host', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ])('OPT-02 %.20j means %j', (word, meant) => {
    expect(nearest(word, names)).toBe(meant)
  })

  it('OPT-02 a list of names has an end', () => {
    const many = Array.from({ length: 30 }, (_, i) => `option${i}`)
    expect(hint('nope', many, 'there is')).toMatch(/^there is option0, .*, option23, \.\.\.$/)
    expect(hint('nope', many.slice(0, 24), 'it has')).toMatch(/^it has option0, .*, option23$/)
    expect(hint('nope', [], 'it has')).toBe('it has none')
    expect(hint('optoin7', many, 'it has')).toBe('did you mean option7?')
  })
})

describe('show', () => {
  class Named {
    name = 'Named#1'
  }
  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [1.5, '1.5'],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    [80n, 'bigint'],
    [Symbol('s'), 'Symbol(s)'],
    ['text', '"text"'],
    ['', '""'],
    ['a"b\n\u001b', '"a\\"b\\n\\u001b"'],
    ['x'.repeat(78), `"${'x'.repeat(78)}"`],
    ['x'.repeat(79), `"${'x'.repeat(79)}...`],
    [[], '[]'],
    [[1, 'a', null], '[1,"a",null]'],
    [{}, '{}'],
    [{ enter: 0.1 }, '{"enter":0.1}'],
    [Object.create(null), '{}'],
    [new Named(), 'Named#1'],
    [new Inbox('Letters'), '"Letters"'],
    [new Part(), 'Part'],
    [Part, 'function Part'],
    [refusal, 'function refusal'],
  ])('OPT-05 %o', (value, text) => {
    expect(show(value)).toBe(text)
  })

  it('OPT-05 never throws, and is short, whatever the value is', () => {
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    const hostile = {
      get a(): never {
        throw new Error('looked at')
      },
    }
    expect(show(proxy)).toBe('object')
    expect(show(hostile)).toBe('object')
    const long = 'x'.repeat(1e6)
    for (const value of [long, [long, long, long], { [long]: long }, { name: long }, () => long])
      expect(show(value).length).toBeLessThan(100)
    const circle: unknown[] = []
    circle.push(circle)
    expect(show(circle)).toBe('object')
  })
})

describe('mustBe', () => {
  it.each([
    ['a component', { readControl() {} }],
    ['an inbox', { recv() {} }],
    ['an outbox', { discarded: 0 }],
    ['a scheduler', { snapshot() {} }],
  ] as const)(
    'OPT-07 what seems to be %s of another copy of this package is called so',
    (what, value) => {
      expect(mustBe(what, Object.create(value))).toBe(
        `it is ${what} of another copy of @udpng/core; see npm ls @udpng/core`,
      )
      const { proxy, revoke } = Proxy.revocable({}, {})
      revoke()
      for (const other of [undefined, null, 5, {}, Part, proxy])
        expect(mustBe(what, other)).toBe(`it must be ${what}`)
    },
  )

  it('OPT-07 a box of the wrong kind is not of another copy', () => {
    expect(() => link(new Inbox('In') as never, new Inbox('In'))).toThrow(
      'cannot link "In": it must be an outbox',
    )
    expect(() => link(new Outbox('Out'), new Outbox('Out') as never)).toThrow(
      'cannot link "Out": it must be an inbox',
    )
  })
})

describe('badOption', () => {
  it('OPT-04 is the same message for what is not in a table', () => {
    expect(badOption('create Transformer', 'f', 'upper', 'a function').message).toBe(
      'cannot create Transformer: f is "upper"; it must be a function',
    )
  })
})
