import { systemClock } from '@udpng/core'
import { openSocket } from '@udpng/transport-tests/tools'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { Network, Path, Random } from '../src/index.js'

describe('memory', () => {
  it('MEM-04 each member of a group, and each duplicate, has a copy of its own', async () => {
    const network = new Network(new Random(1), systemClock)
    network.setConditions({ duplicate: 1, delayMs: 1 })
    const [a, b, c] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address, i) =>
      network.host(`host${i}`, address),
    )
    const options = { host: '0.0.0.0', port: 1500, multicast: { groups: ['239.1.2.3'] } }
    const members = [b, c].map((host) => openSocket(host?.transport as never, options))
    const { socket } = openSocket(a?.transport as never, { host: '10.0.0.1' })
    const payload = Buffer.from('to all')
    socket.send([{ data: payload, host: '239.1.2.3', port: 1500 }])
    payload.fill('x')
    const got: Buffer[] = []
    await eventually(() => {
      for (const member of members) got.push(...member.socket.read(9).map(([data]) => data))
      return got.length === 4
    })
    expect(got.map(String)).toEqual(new Array(4).fill('to all'))
    for (const [i, data] of got.entries()) {
      structuredClone(data, { transfer: [data.buffer as ArrayBuffer] })
      expect(got.slice(i + 1).map(String)).toEqual(new Array(3 - i).fill('to all'))
    }
  })

  it.each([{ duplicate: 1 }, { duplicate: 1, corrupt: 1 }, { duplicate: 1, truncate: 1 }])(
    'MEM-06 what a path with %o makes of a datagram shares no memory with it',
    (conditions) => {
      const path = new Path(new Random(1), conditions)
      const datagram = Buffer.from('as it was sent')
      const passages = path.pass(datagram, 0).map(({ data }) => data)
      expect(passages).toHaveLength(2)
      const made = passages.filter((data) => data !== datagram)
      expect(made.length).toBeGreaterThan(0)
      for (const data of made)
        expect([data.byteOffset, data.buffer.byteLength]).toEqual([0, data.length])
      expect(new Set(passages.map(({ buffer }) => buffer)).size).toBe(2)
      expect(String(datagram)).toBe('as it was sent')
    },
  )
})
