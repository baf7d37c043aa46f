import type { Socket } from 'node:dgram'
import fc from 'fast-check'
import { eventually, turn } from 'test-support'
import { describe, expect, it } from 'vitest'
import { both, bound, type Dgram, open, texts } from './tools.js'

const data = fc.oneof(
  fc.constantFrom('text', '', 'ä', Buffer.from('bytes'), Buffer.alloc(0), new Uint8Array([65, 66])),
  fc.constantFrom(new Uint16Array([0x4142]), new DataView(Buffer.from('view').buffer.slice(0, 2))),
  fc.constantFrom(['a', 'b'], ['a', Buffer.from('b')], [], [Buffer.from('c')], ['a', 1], [null]),
  fc.constantFrom(undefined, null, 1, true, {}, Symbol('data'), new ArrayBuffer(4)),
)
const number = fc.constantFrom(0, 1, 2, 4, 5, 99, -1, 1.5, Number.NaN, null, undefined)
/** 'PORT' stands for the port of the receiver. */
const port = fc.constantFrom('PORT', 'PORT', 'PORT', '"PORT"', 0, -1, 65536, 1.5, null, 'abc', {})
const host = fc.constantFrom('127.0.0.1', '127.0.0.1', '', undefined, null, 1, {}, true)
const hostOrNone = fc.option(host, { nil: 'NONE' })
const shapes = fc.oneof(
  fc.tuple(data, port, hostOrNone),
  fc.tuple(data, number, number, port, hostOrNone),
  fc.tuple(data, number, number),
  fc.tuple(data),
)

const isThrown = (result: unknown) =>
  typeof result === 'object' && result !== null && 'thrown' in result

function describeError(error: unknown): unknown {
  const { name, code, message, errno, syscall } = error as NodeJS.ErrnoException
  // A failed send names the destination; node:dgram says undefined for the default one.
  return { name, code, message: message.replace(/ \S+:\d+$/, ''), errno, syscall }
}

/** What a call of `send` does: what it throws, or gives to the callback, if that is one. */
async function outcome(
  socket: Socket,
  shape: readonly unknown[],
  own: number,
  isConnected: boolean,
): Promise<unknown> {
  const args = shape
    .filter((arg) => arg !== 'NONE')
    .map((arg) => (arg === 'PORT' ? own : arg === '"PORT"' ? String(own) : arg))
  let result: unknown = 'no callback'
  const callback = (error: Error | null, bytes: number): void => {
    result = error ? describeError(error) : bytes
  }
  try {
    ;(socket.send as (...args: unknown[]) => void).call(socket, ...args, callback)
  } catch (error) {
    return { thrown: describeError(error) }
  }
  // The callback of a later send comes later.
  await new Promise<void>((done) => {
    if (isConnected) socket.send('next', () => done())
    else socket.send('next', own, '127.0.0.1', () => done())
  })
  await turn()
  return result
}

describe('DGR-01 send takes, refuses and reports what node:dgram does', () => {
  it.each([
    ['to an address', false],
    ['connected', true],
  ])('any arguments, %s', async (_, isConnected) => {
    const [receiver, own] = await bound(both[0]?.[1] as Dgram)
    const received = texts(receiver)
    const sockets = await Promise.all(both.map(async ([, dgram]) => (await bound(dgram))[0]))
    if (isConnected)
      for (const socket of sockets)
        await new Promise<void>((done) => socket.connect(own, '127.0.0.1', done))
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const results: unknown[] = []
        for (const socket of sockets) {
          received.length = 0
          const result = await outcome(socket, shape, own, isConnected)
          if (!isThrown(result)) await eventually(() => received.includes('next'), 'next')
          results.push([result, [...received]])
        }
        expect(results[1]).toEqual(results[0])
      }),
      { numRuns: 500, examples: [[['text', 1.5, null, 1.5, '']]] },
    )
  })

  it.each(both)('after the close: %s', async (_, dgram) => {
    const [socket, port] = await bound(dgram)
    socket.close()
    expect(() => socket.send('x', port, '127.0.0.1')).toThrowError(
      expect.objectContaining({ code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' }),
    )
  })

  it.each(both)('before the bind, which it does: %s', async (_, dgram) => {
    const [receiver, port] = await bound(dgram)
    const received = texts(receiver)
    const socket = open(dgram)
    socket.send('one', port)
    socket.send('two', port, () => {})
    await eventually(() => received.length === 2)
    expect(received).toEqual(['one', 'two'])
  })
})
