import { Random } from '@udpng/simulation'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Handle, SendRequest } from '../src/handle.js'
import { impair } from '../src/impair-handle.js'
import { fakeHandle } from './fake-handle.js'

/** A handle that notes what it sends and gives, impaired. */
function impaired(conditions: Parameters<typeof impair>[1], seed = 7) {
  const sent: string[] = []
  const got: string[] = []
  let closed = 0
  const handle = fakeHandle({
    send: (_: SendRequest, list, __, ...rest) => {
      sent.push([Buffer.concat([...list]).toString(), ...rest].join(' '))
      return 0
    },
    onmessage: (bytes, _, data) => void got.push(data ? String(data) : `error ${bytes}`),
    close: () => void closed++,
  })
  const stats = impair(handle, conditions, new Random(seed))
  return {
    handle,
    stats,
    sent,
    got,
    get closed() {
      return closed
    },
    send: (text: string) => handle.send({}, [Buffer.from(text)], 1, 53, '127.0.0.1', true),
    arrive: (text: string) => give(handle, Buffer.from(text)),
  }
}

function give(handle: Handle, data: Buffer): void {
  const from = { address: '127.0.0.1', family: 'IPv4', port: 9 }
  handle.onmessage(data.length, handle, data, from)
}

const numbers = Array.from({ length: 200 }, (_, i) => String(i))

describe('DGR-15 a bad network before a socket', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('passes everything on at once, if its conditions are perfect', () => {
    const { send, arrive, sent, got, handle } = impaired({})
    expect(send('out')).toBe(4)
    arrive('in')
    handle.onmessage(-111, handle, undefined, undefined)
    expect([sent, got]).toEqual([['out 53 127.0.0.1 false'], ['in', 'error -111']])
  })

  it('loses the same datagrams for the same seed, others in the other direction and for another seed', () => {
    const run = (seed: number) => {
      const { send, arrive, sent, got, stats } = impaired({ loss: 0.3 }, seed)
      for (const text of numbers) {
        expect(send(text)).toBe(text.length + 1) // the program sees it succeed
        arrive(text)
      }
      const out = sent.map((line) => line.split(' ')[0])
      expect([stats.sent.lost.loss, stats.received.lost.loss]).toEqual([
        200 - out.length,
        200 - got.length,
      ])
      return [out, got]
    }
    const first = run(7)
    expect(run(7)).toEqual(first)
    expect(first[0]).not.toEqual(first[1])
    expect(run(8)).not.toEqual(first)
  })

  it('delays in both directions, and closes when the last datagram under way is sent', () => {
    const impairedNow = impaired({ delayMs: 40 })
    const { send, arrive, sent, got, handle } = impairedNow
    send('out')
    arrive('in')
    vi.advanceTimersByTime(39)
    expect([sent, got]).toEqual([[], []])
    vi.advanceTimersByTime(1)
    expect([sent, got]).toEqual([['out 53 127.0.0.1 false'], ['in']])
    send('late')
    arrive('lost with the socket')
    handle.close()
    expect(impairedNow.closed).toBe(0)
    vi.advanceTimersByTime(40)
    expect([impairedNow.closed, sent.length, got.length]).toEqual([1, 2, 1])
    arrive('after the close')
    expect(got.length).toBe(1)
  })

  it('copies the data, which the program may change after its send', () => {
    const { handle, sent } = impaired({ delayMs: 1 })
    const data = Buffer.from('before')
    handle.send({}, [data], 1, 53, '127.0.0.1', true)
    data.write('after!')
    vi.advanceTimersByTime(1)
    expect(sent).toEqual(['before 53 127.0.0.1 false'])
  })

  it('sends with requests of the class that Node.js uses, one for each', () => {
    class Request implements SendRequest {}
    const requests: SendRequest[] = []
    const handle = fakeHandle({ send: (request) => requests.push(request) })
    impair(handle, { duplicate: 1 }, new Random(7))
    const given = new Request()
    handle.send(given, [Buffer.from('twice')], 1, 53, '127.0.0.1', true)
    expect(requests).toEqual([expect.any(Request), expect.any(Request)])
    expect(new Set([given, ...requests]).size).toBe(3)
  })

  it('duplicates: each copy has memory and a sender of its own', () => {
    const { arrive, got, handle } = impaired({ duplicate: 1 })
    arrive('twice')
    expect(got).toEqual(['twice', 'twice'])
    handle.close()
  })

  it('refuses conditions that do not exist', () => {
    expect(() => impaired({ loss: 2 })).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }))
  })
})
