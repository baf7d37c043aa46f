import { describe, expect, it } from 'vitest'
import { messageText } from '../src/observe/message-text.js'

describe('a message as text', () => {
  class Point {
    readonly x = 1
    readonly y = [2, { z: 3n }]
  }

  it.each<[unknown, string]>([
    ['a line', 'a line'],
    [12, '12'],
    [-0.5, '-0.5'],
    [10n, '10n'],
    [true, 'true'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 1, '[Function]'],
    [{}, '{}'],
    [[], '[]'],
    [{ a: 'b', 'c d': [1] }, '{ a: "b", "c d": [ 1 ] }'],
    [new Point(), 'Point { x: 1, y: [ 2, { z: 3n } ] }'],
    [['data', ['127.0.0.1', 1500]], '[ "data", [ "127.0.0.1", 1500 ] ]'],
    [new Map([['a', new Set([1])]]), 'Map { "a" => Set { 1 } }'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(Number.NaN), 'Invalid Date'],
    [new Error('broken'), 'Error { message: "broken" }'],
    [Buffer.from('hello\n'), '"hello\\n"'],
    [Buffer.from('grüß'), '"grüß"'],
    [Buffer.from([0, 255, 16]), '<00 ff 10>'],
    [Uint8Array.of(104, 105), '"hi"'],
    [Uint16Array.of(1), '<01 00>'],
    [Object.create(null), '[no prototype] {}'],
    [new Array(3), '[ <empty>, <empty>, <empty> ]'],
    [new String('boxed'), '[Boxed]'],
  ])('INS-10 %o is %j', (message, text) => {
    expect(messageText(message)).toBe(text)
  })

  it('INS-10 runs no code of the message, and never throws', () => {
    let ran = 0
    const run = (): never => {
      ran++
      throw new Error('ran')
    }
    class Hostile {
      get [Symbol.toStringTag](): string {
        return run()
      }
      toString = run
      toJSON = run
      constructor() {
        for (const symbol of [Symbol.toPrimitive, Symbol.for('nodejs.util.inspect.custom')])
          Object.defineProperty(this, symbol, { get: run, enumerable: true })
      }
    }
    Object.defineProperty(Hostile, 'name', { get: run })
    Object.defineProperty(Hostile, Symbol.hasInstance, { value: run })
    const traps = new Proxy(
      {},
      {
        get: () => run,
        getOwnPropertyDescriptor: run,
        getPrototypeOf: run,
        has: run,
        ownKeys: run,
      },
    )
    const { proxy: revoked, revoke } = Proxy.revocable({}, {})
    revoke()
    const bytes = Buffer.from('bytes')
    for (const key of ['length', 'buffer', 'byteOffset', 'byteLength', 'toString'])
      Object.defineProperty(bytes, key, { get: run })
    const map = Object.assign(new Map([[1, 2]]), { entries: run, [Symbol.iterator]: run })
    Object.defineProperty(map, 'size', { get: run })
    const date = Object.assign(new Date(0), { getTime: run, toISOString: run })
    const error = new Error('e')
    for (const key of ['stack', 'message', 'name', 'code', 'cause'])
      Object.defineProperty(error, key, { get: run })
    const getters = Object.defineProperty({}, 'a', { get: run, enumerable: true })
    const child = Object.create(traps) as object
    const all = [new Hostile(), traps, revoked, bytes, map, date, error, getters, child]
    for (const message of [...all, all, new Set(all)])
      expect(messageText(message)).toBeTypeOf('string')
    expect(messageText(getters)).toBe('{ a: [Getter] }')
    expect(messageText(bytes)).toBe('"bytes"')
    expect(messageText(traps)).toBe('[Proxy]')
    expect(ran).toBe(0)
  })

  it('INS-10 is short, however large, deep or circular the message is', () => {
    const circular: unknown[] = []
    circular.push(circular)
    expect(messageText(circular)).toBe('[ [Circular] ]')
    let deep: unknown = 'bottom'
    for (let i = 0; i < 100_000; i++) deep = [deep]
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key${i}`, i]))
    const grid = Array.from({ length: 100 }, () =>
      Array.from({ length: 100 }, () => new Array(100).fill(1)),
    )
    const all = [
      deep,
      wide,
      grid,
      'x'.repeat(1e7),
      Buffer.alloc(1e7, 'x'),
      Buffer.alloc(1e7),
      new Array(1e9),
    ]
    all.push(
      new Float64Array(1e6),
      2n ** 1_000_000n,
      new Map(Object.entries(wide)),
      new String('x'.repeat(1e6)),
    )
    all.push({ ['k'.repeat(1e6)]: 1 })
    for (const message of all) expect(messageText(message).length).toBeLessThan(2010)
    expect(messageText(wide)).toMatch(/key31: 31, \.\.\. 9968 more \}$/)
    expect(messageText(Buffer.alloc(600, 'x'))).toBe(
      `${JSON.stringify('x'.repeat(512))}... 88 bytes more`,
    )
  })

  it('INS-10 of bytes that are cut within a character, the rest is still text', () => {
    expect(messageText(Buffer.from('ü'.repeat(300).slice(0, 300)).subarray(1))).toMatch(/^</)
    expect(messageText(Buffer.from(`x${'ü'.repeat(300)}`))).toMatch(/^"xü/)
  })
})
