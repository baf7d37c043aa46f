import { inspect } from 'node:util'

const refuse = (): never => {
  throw new Error('hands off')
}

/** Whatever is asked of it, it throws. */
const wall: ProxyHandler<never> = {
  get: refuse,
  has: refuse,
  getPrototypeOf: refuse,
  ownKeys: refuse,
  getOwnPropertyDescriptor: refuse,
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function detached(): Uint8Array {
  const bytes = new Uint8Array([1, 2, 3])
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return bytes
}

function withGetter(target: object, key: PropertyKey, get: () => unknown = refuse): object {
  return Object.defineProperty(target, key, { get, enumerable: true })
}

/** Bytes in memory that can be resized, of which nothing is left; Node.js 20 is the first to have them. */
function shrunk(): unknown {
  const Resizable = ArrayBuffer as unknown as new (
    length: number,
    options: { maxByteLength: number },
  ) => ArrayBuffer & { resize?: (length: number) => void }
  const buffer = new Resizable(8, { maxByteLength: 16 })
  const bytes = new Uint8Array(buffer, 4, 4)
  buffer.resize?.(2)
  return bytes
}

class Letters extends Array<unknown> {}
class Bytes extends Uint8Array {}

/** Values that are hard to inspect, by name. */
export const oddities: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  false: () => false,
  symbol: () => Symbol('odd'),
  'symbol without a name': () => Symbol(),
  bigint: () => 1500n,
  function: () => () => 'a',
  'throwing function': () => refuse,
  class: () => class Odd {},
  'generator function': () =>
    function* () {
      yield 'a'
    },
  generator: () =>
    (function* () {
      yield 'a'
    })(),
  date: () => new Date(0),
  'invalid date': () => new Date(Number.NaN),
  pattern: () => /a/g,
  promise: () => Promise.resolve('a'),
  map: () => new Map([['host', 1]]),
  set: () => new Set(['host']),
  'weak map': () => new WeakMap(),
  error: () => new Error('odd'),
  'error without a message': () => Object.assign(Object.create(Error.prototype), { message: 7 }),
  'boxed text': () => Object('text'),
  'boxed number': () => Object(1500),
  'empty object': () => ({}),
  'no prototype': () => Object.create(null),
  frozen: () => Object.freeze(['127.0.0.1', 1500]),
  circle: () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    return circle
  },
  'object with 1000 keys': () => Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [i, i])),
  'revoked array': () => revoked([]),
  'revoked object': () => revoked({}),
  'revoked function': () => revoked(() => {}),
  'wall of an object': () => new Proxy({} as never, wall),
  'wall of an array': () => new Proxy(['127.0.0.1', 1500, 'a'] as never, wall),
  'wall of a function': () => new Proxy((() => {}) as never, wall),
  'wall of bytes': () => new Proxy(new Uint8Array(3) as never, wall),
  'array that gives nothing': () => new Proxy([1, 2, 3], { get: refuse }),
  'proxy of a list': () => new Proxy(['127.0.0.1', 1500], {}),
  'kind that throws': () => withGetter({}, 'kind'),
  'then that throws': () => withGetter({}, 'then'),
  'message that throws': () => withGetter(new Error('odd'), 'message'),
  'name that throws': () => withGetter({}, 'name'),
  'open that throws': () => withGetter({}, 'open'),
  'code that throws': () => withGetter({}, 'code'),
  'inspect that throws': () => ({ [inspect.custom]: refuse }),
  'inspect that gives a symbol': () => ({ [inspect.custom]: () => Symbol('odd') }),
  'inspect that gives itself': () => {
    const odd = { [inspect.custom]: (): unknown => odd }
    return odd
  },
  'tag that throws': () => withGetter({}, Symbol.toStringTag),
  'text that throws': () => ({ toString: refuse, valueOf: refuse }),
  'no text': () => ({ [Symbol.toPrimitive]: () => ({}) }),
  'json that throws': () => ({ toJSON: refuse }),
  'array with holes': () => new Array(3),
  'array with an element that throws': () => withGetter(['127.0.0.1', 0, 'a'], 1),
  'array with an iterator that throws': () =>
    Object.assign([1, 2, 3], { [Symbol.iterator]: refuse }),
  'array with an endless iterator': () =>
    Object.assign(['127.0.0.1', 1500, 'a'], {
      *[Symbol.iterator]() {
        for (;;) yield 'a'
      },
    }),
  'array without an iterator': () => Object.assign([1, 2, 3], { [Symbol.iterator]: undefined }),
  'array of another class': () => Letters.of<unknown>('127.0.0.1', 1500, 'a'),
  arguments: () =>
    (function (..._: unknown[]) {
      // biome-ignore lint/complexity/noArguments: it is what is wanted
      return arguments
    })('127.0.0.1', 1500, 'a'),
  'array buffer': () => new ArrayBuffer(4),
  'shared buffer': () => new SharedArrayBuffer(4),
  'data view': () => new DataView(new ArrayBuffer(4)),
  'wide array': () => new Uint16Array([1500]),
  'clamped bytes': () => new Uint8ClampedArray(4),
  'signed bytes': () => new Int8Array(4),
  'no bytes': () => new Uint8Array(0),
  'too many bytes': () => Buffer.alloc(65_528),
  'most bytes': () => Buffer.alloc(65_507),
  'one byte too many': () => Buffer.alloc(65_508),
  'shared bytes': () => new Uint8Array(new SharedArrayBuffer(4)),
  'bytes of another class': () => new Bytes(4),
  'detached bytes': detached,
  'detached buffer': () => detached().buffer,
  'shrunk bytes': shrunk,
  'bytes without a prototype': () => Object.setPrototypeOf(new Uint8Array(4), null),
  'bytes whose length throws': () => withGetter(new Uint8Array(4), 'length'),
  'bytes whose length is too small': () => withGetter(new Uint8Array(4), 'length', () => 1),
  'bytes whose length is too large': () => withGetter(new Uint8Array(4), 'length', () => 400),
  'bytes whose length is not a number': () => withGetter(new Uint8Array(4), 'length', () => 'four'),
  'bytes whose buffer throws': () => withGetter(new Uint8Array(4), 'buffer'),
  'bytes whose size throws': () => withGetter(new Uint8Array(4), 'byteLength'),
  'thing like bytes': () => ({ length: 3, 0: 1, 1: 2, 2: 3, buffer: new ArrayBuffer(3) }),
  process: () => process.versions,
  global: () => Math,
}
