import type { CapturedDatagram } from '@udpng/datagram/pcap'
import { describe, expect, it } from 'vitest'
import type { Handle, SendRequest } from '../src/handle.js'
import { HandleRecorder } from '../src/handle-recorder.js'
import { localTowards } from '../src/local-towards.js'
import { fakeHandle } from './fake-handle.js'

/** A handle that is recorded, and what is recorded, as text. */
function recorded(functions: Partial<Handle>, local: [string, number] = ['127.0.0.1', 7]) {
  const log: string[] = []
  let time = 0n
  const handle = fakeHandle(functions)
  const recorder = new HandleRecorder(handle, local, {
    now: () => ++time,
    add: ({ time, from, to, data }: CapturedDatagram) =>
      void log.push(`${time} ${from.join(':')} > ${to.join(':')} ${Buffer.from(data)}`),
  })
  recorder.recordSent()
  recorder.recordReceived()
  return { handle, log }
}

const to = [53, '127.0.0.1', false]

describe('DGR-16 recording what goes through a handle', () => {
  it('records a send when the system has accepted it, with the time of the call', () => {
    const requests: SendRequest[] = []
    const { handle, log } = recorded({ send: (request) => requests.push(request) * 0 })
    const outcomes: unknown[] = []
    const request: SendRequest = {
      oncomplete(...outcome) {
        outcomes.push(this === request, ...outcome)
      },
    }
    expect(handle.send(request, [Buffer.from('la'), Buffer.from('ter')], 2, ...to)).toBe(0)
    handle.send({}, [Buffer.from('first')], 1, ...to)
    handle.send({}, [Buffer.from('fails')], 1, ...to)
    expect(log).toEqual([])
    requests[1]?.oncomplete?.(0, 5)
    requests[2]?.oncomplete?.(-90, 0)
    requests[0]?.oncomplete?.(0, 5)
    expect(log).toEqual([
      '2 127.0.0.1:7 > 127.0.0.1:53 first',
      '1 127.0.0.1:7 > 127.0.0.1:53 later',
    ])
    expect(outcomes).toEqual([true, 0, 5])
  })

  it.each([
    [6, 1],
    [-90, 0],
  ])('an outcome that is known at once (%i) gives %i record', (status, count) => {
    const { handle, log } = recorded({ send: () => status })
    expect(handle.send({}, [Buffer.from('hello')], 1, ...to)).toBe(status)
    expect(log.length).toBe(count)
  })

  it('a connected socket sends to its peer, from the address that it then has', () => {
    let own = '192.0.2.1'
    const { handle, log } = recorded(
      {
        send: () => 2,
        getsockname: (out) => Object.assign(out, { address: own, port: 7 }) && 0,
      },
      ['0.0.0.0', 7],
    )
    handle.send({}, [Buffer.from('x')], 1, false)
    handle.connect('192.0.2.2', 53)
    handle.send({}, [Buffer.from('y')], 1, false)
    own = '0.0.0.0'
    handle.disconnect()
    handle.send({}, [Buffer.from('z')], 1, 53, '192.0.2.3', false)
    expect(log).toEqual(['1 192.0.2.1:7 > 192.0.2.2:53 y', '2 0.0.0.0:7 > 192.0.2.3:53 z'])
  })

  it('records an arrival before the socket gets it; an error is none', () => {
    const got: unknown[] = []
    const { handle, log } = recorded({
      onmessage: (...all) => void got.push([...log], all.length),
    })
    const from = { address: '127.0.0.2', family: 'IPv4', port: 9 }
    handle.onmessage(2, handle, Buffer.from('in'), from)
    handle.onmessage(-111, handle, undefined, undefined)
    expect(log).toEqual(['1 127.0.0.2:9 > 127.0.0.1:7 in'])
    expect(got).toEqual([log, 4, log, 4])
  })

  it.each([
    ['0.0.0.0', '127.0.0.9', '127.0.0.1'],
    ['::', '::1', '::1'],
    ['::', '::ffff:127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '192.0.2.1', '0.0.0.0'],
    ['::', '2001:db8::1', '::'],
    ['192.0.2.7', '127.0.0.1', '192.0.2.7'],
  ])('a socket of %s has towards %s the address %s', (local, host, own) => {
    expect(localTowards([local, 7], host)).toEqual([own, 7])
  })
})
