import { Socket } from 'node:dgram'
import { dgramTransport, noStats, type Parcel } from '@udpng/basic-peer'
import { eventually } from 'test-support'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'

afterEach(() => {
  vi.restoreAllMocks()
})

const failure = (code: string) => Object.assign(new Error(code), { code })

/** A connected socket whose sends have these outcomes, by payload; then they succeed. */
function open(fates: Record<string, string[]>) {
  const sent: string[] = []
  vi.spyOn(Socket.prototype, 'send').mockImplementation(((
    data: Uint8Array,
    done: (error: Error | null) => void,
  ) => {
    const code = fates[`${data}`]?.shift()
    if (code === undefined) sent.push(`${data}`)
    setImmediate(done, code === undefined ? null : failure(code))
  }) as never)
  const stats = noStats()
  const failed: string[] = []
  const refused: string[] = []
  const on: { refused?: () => void } = {}
  const socket = dgramTransport.open({
    family: 4,
    host: '127.0.0.1',
    port: 0,
    peer: ['127.0.0.1', 9],
    receive: true,
    stats,
    onFailed: ({ data }, { code }) => failed.push(`${data} ${code}`),
    onRefused: ([host, port], { code }) => {
      refused.push(`${host}:${port} ${code}`)
      on.refused?.()
    },
    onSettled: () => {},
  })
  onTestFinished(() => socket.close())
  const send = async (...texts: string[]) => {
    socket.send(
      texts.map((text): Parcel => ({ data: Buffer.from(text), host: '127.0.0.1', port: 9 })),
    )
    await eventually(() => socket.pending === 0, 'all outcomes')
  }
  return { socket, stats, failed, refused, sent, send, on }
}

describe('a connected dgram socket', () => {
  it('PER-20 sends again what met a report of the network, and counts the reports', async () => {
    const { send, sent, failed, refused, stats } = open({
      a: ['ECONNREFUSED', 'ENOPROTOOPT'],
      c: ['EHOSTUNREACH'],
    })
    await send('a', 'b', 'c')
    expect(sent.sort()).toEqual(['a', 'b', 'c'])
    expect(failed).toEqual([])
    expect(refused.sort()).toEqual(
      ['ECONNREFUSED', 'EHOSTUNREACH', 'ENOPROTOOPT'].map((code) => `127.0.0.1:9 ${code}`),
    )
    expect(stats).toMatchObject({ sent: 3, sentBytes: 3, refused: 3 })
  })

  it('PER-20 gives up after 64 reports, or three errors that the send may have for a reason of its own', async () => {
    const { send, sent, failed, stats } = open({
      a: Array(65).fill('ECONNREFUSED'),
      b: Array(64).fill('ECONNREFUSED'),
      c: Array(4).fill('EACCES'),
      d: Array(3).fill('EACCES'),
    })
    await send('a', 'b', 'c', 'd')
    expect(sent.sort()).toEqual(['b', 'd'])
    expect(failed.sort()).toEqual(['a ECONNREFUSED', 'c EACCES'])
    // What the send had for a reason of its own is not a report.
    expect(stats).toMatchObject({ sent: 2, refused: 65 + 64 + 3 })
  })

  it('PER-20 reports at once what no ICMP message is the reason of', async () => {
    const { send, sent, failed, stats } = open({ a: ['ENOBUFS'] })
    await send('a')
    expect([sent, failed, stats.refused]).toEqual([[], ['a ENOBUFS'], 0])
  })

  it('TRN-05 cancels what is to be sent again when it is closed, also by its owner on a report', async () => {
    const { socket, send, sent, failed, on, stats } = open({
      a: ['ECONNREFUSED'],
      b: ['ECONNREFUSED'],
    })
    on.refused = () => socket.close()
    await send('a', 'b')
    expect([sent, failed.sort()]).toEqual([[], ['a ECANCELED', 'b ECANCELED']])
    expect(stats.refused).toBe(2)
  })

  it('PER-20 counts reports that a read meets, and other errors of reading as such', () => {
    const bind = vi.spyOn(Socket.prototype, 'bind')
    const { stats, refused } = open({})
    const inner = bind.mock.contexts[0] as Socket
    for (const code of ['ECONNREFUSED', 'EHOSTUNREACH', 'ENOMEM'])
      inner.emit('error', failure(code))
    expect(stats).toMatchObject({ refused: 2, receiveErrors: 1 })
    expect(refused).toEqual(['127.0.0.1:9 ECONNREFUSED', '127.0.0.1:9 EHOSTUNREACH'])
  })
})
