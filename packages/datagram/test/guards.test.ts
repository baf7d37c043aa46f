import { createContext, runInContext } from 'node:vm'
import {
  byteLengthOf,
  type DatagramDetails,
  isAddress,
  isBytes,
  isDatagram,
  isDetached,
  isDetails,
  isLetter,
  isPayload,
  payloadOf,
  replySource,
} from '@udpng/datagram'
import { describe, expect, it } from 'vitest'

const FROM = ['192.0.2.1', 5] as const
const DATA = Buffer.from('data')
const DETAILS: DatagramDetails = {
  local: '192.0.2.7',
  unicast: true,
  interface: 'eth0',
  receivedAt: 1.5,
  ecn: 3,
}

const revoked = (): unknown => {
  const { proxy, revoke } = Proxy.revocable([], {})
  revoke()
  return proxy
}
const throwing = (length: number): unknown =>
  Object.defineProperty(new Array(length), 0, {
    get() {
      throw new Error('own code')
    },
  })
/** An array whose own iterator never ends. */
const endless = (length: number): unknown =>
  Object.assign(new Array(length).fill(1), {
    *[Symbol.iterator]() {
      for (;;) yield 1
    },
  })
/** Values that are nothing of what there are guards for. */
const ODD = [
  undefined,
  null,
  0,
  5n,
  true,
  {},
  [],
  [1, 2],
  [1, 2, 3],
  () => {},
  Symbol('x'),
  revoked(),
]
const LIKE = [
  endless(2),
  endless(3),
  endless(4),
  throwing(2),
  throwing(3),
  new Array(2),
  new Array(3),
  { 0: 'h', 1: 5, length: 2 },
]

describe('guards', () => {
  it('DGM-04 an address is a text and a port', () => {
    for (const value of [FROM, ['name', 0], ['', 65535]]) expect(isAddress(value)).toBe(true)
    const wrong = [
      ['h'],
      ['h', 5, 5],
      [5, 'h'],
      ['h', -1],
      ['h', 65536],
      ['h', 1.5],
      ['h', '5'],
      'h:5',
    ]
    for (const value of [...ODD, ...LIKE, ...wrong]) expect(isAddress(value)).toBe(false)
  })

  it('DGM-04 a datagram is bytes and an address', () => {
    for (const value of [
      [DATA, FROM],
      [DATA, FROM, DETAILS],
      [DATA, FROM, undefined],
      [new Uint8Array(0), ['h', 0]],
    ])
      expect(isDatagram(value)).toBe(true)
    const wrong = [
      [DATA],
      ['text', FROM],
      [DATA, 'h:5'],
      [DATA, ['h']],
      [DATA, FROM, FROM],
      [DATA, FROM, null],
      [DATA, FROM, DETAILS, DETAILS],
      ...Object.keys(DETAILS).map((name) => [DATA, FROM, { ...DETAILS, [name]: undefined }]),
      [DATA, FROM, { ...DETAILS, ecn: 4 }],
      [DATA, FROM, { ...DETAILS, receivedAt: Number.NaN }],
      [DATA, FROM, revoked()],
      [FROM, DATA],
    ]
    for (const value of [...ODD, ...LIKE, ...wrong, DATA]) expect(isDatagram(value)).toBe(false)
  })

  it('PER-26 a reply comes from the local address of a datagram, unless that is a group', () => {
    expect(isDetails(DETAILS)).toBe(true)
    expect(replySource(DETAILS)).toBe('192.0.2.7')
    expect(replySource({ ...DETAILS, unicast: false })).toBeUndefined()
    expect(replySource(undefined)).toBeUndefined()
  })

  it('DGM-04 a letter is an address and a payload', () => {
    for (const value of [
      ['h', 5, 'text'],
      ['h', 5, DATA],
      [...FROM, ''],
      [...FROM, DATA, '192.0.2.7'],
      [...FROM, DATA, undefined],
    ])
      expect(isLetter(value)).toBe(true)
    const wrong = [
      ['h', 5],
      ['h', 5, 6],
      ['h', 5, [DATA]],
      ['h', 'x', DATA],
      ['h', 5, DATA, 6],
      ['h', 5, DATA, 'h', 6],
      [DATA, 'h', 5],
      [DATA, FROM],
    ]
    for (const value of [...ODD, ...LIKE, ...wrong]) expect(isLetter(value)).toBe(false)
  })

  it('DGM-04 a payload is text or a Uint8Array, of any realm, and nothing that only looks like one', () => {
    const foreign = runInContext('new Uint8Array(3)', createContext()) as unknown
    for (const value of [
      '',
      'text',
      DATA,
      new Uint8Array(1),
      foreign,
      new (class extends Uint8Array {})(1),
    ])
      expect(isPayload(value)).toBe(true)
    const disguised = Object.setPrototypeOf(new Float64Array(1), Uint8Array.prototype)
    const tagged = Object.create(Uint8Array.prototype, {
      [Symbol.toStringTag]: { value: 'Uint8Array' },
    })
    const others = [new Uint16Array(1), new DataView(new ArrayBuffer(1)), new ArrayBuffer(1), [1]]
    for (const value of [...ODD, ...LIKE, ...others, disguised, tagged, new Proxy(DATA, {})])
      expect([isPayload(value), isBytes(value)]).toEqual([false, false])
  })

  it('DGM-04 payloadOf finds the payload of what can be sent or was received', () => {
    expect(payloadOf('text')).toBe('text')
    expect(payloadOf(DATA)).toBe(DATA)
    expect(payloadOf([DATA, FROM])).toBe(DATA)
    expect(payloadOf(['h', 5, 'text'])).toBe('text')
    expect(payloadOf([DATA, FROM, DETAILS])).toBe(DATA)
    expect(payloadOf(['h', 5, 'text', 'l'])).toBe('text')
    for (const value of [...ODD, ...LIKE, FROM, ['text', FROM]])
      expect(payloadOf(value)).toBeUndefined()
  })
})

describe('bytes', () => {
  it('DGM-04 the length of bytes is that of their memory, whatever they say', () => {
    const lying = Object.defineProperty(new Uint8Array(3), 'length', { value: 7 })
    expect(byteLengthOf(lying)).toBe(3)
    expect(() => byteLengthOf([] as unknown as Uint8Array)).toThrow(TypeError)
  })

  it('DGM-04 bytes whose memory was transferred are detached, empty ones are not', () => {
    const bytes = new Uint8Array(3)
    expect(isDetached(bytes)).toBe(false)
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
    expect(isDetached(bytes)).toBe(true)
    expect(isDetached(new Uint8Array(0))).toBe(false)
  })
})
