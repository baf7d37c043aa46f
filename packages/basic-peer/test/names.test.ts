import type { Lookup } from '@udpng/basic-peer'
import { Scheduler } from '@udpng/core'
import { ManualClock } from 'test-support'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FakeTransport } from './fake-transport.js'
import { Probe, type ProbeOptions } from './probe.js'

/** A running peer, and the names that were looked up. */
function start(options: ProbeOptions = {}): { peer: Probe; asked: string[] } {
  const asked: string[] = []
  const lookup: Lookup = (name, _, answer) => {
    asked.push(name)
    answer(null, '192.0.2.1')
  }
  const scheduler = new Scheduler({ clock: new ManualClock() })
  const peer = new Probe({ transport: new FakeTransport(), lookup, ...options })
  scheduler.activate(peer)
  scheduler.step()
  onTestFinished(() => scheduler.stop())
  return { peer, asked }
}

describe('what a host comes to', () => {
  it('ADR-03 the wildcard address is the loopback address', () => {
    expect(start().peer.callResolve('0.0.0.0')).toBe('127.0.0.1')
    const { peer } = start({ family: 6 })
    for (const wildcard of ['::', '::0', '0::', '0:0:0:0:0:0:0:0'])
      expect([wildcard, peer.callResolve(wildcard)]).toEqual([wildcard, '::1'])
    for (const other of ['::1', '1::', '0:0:0:0:0:0:0:1'])
      expect(peer.callResolve(other)).toBe(other)
  })

  it('DNS-01 a literal is itself, and never looked up', () => {
    const four = start()
    for (const host of ['127.0.0.1', '192.0.2.255', '239.1.2.3'])
      expect(four.peer.callResolve(host)).toBe(host)
    const six = start({ family: 6 })
    for (const host of ['::1', '2001:db8::1', 'fe80::1%lo', '::ffff:127.0.0.1', 'ff02::1'])
      expect(six.peer.callResolve(host)).toBe(host)
    expect([...four.asked, ...six.asked]).toEqual([])
  })

  const numbers = [
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '127.0.0.１',
    '２１３０７０６４３３',
    '０ｘ7f',
  ]
  it.each(['256.1.1.1', '127.0.0.1 ', '[::1]', '', ...numbers])(
    'ADR-04 the malformed address %j is no destination, and never looked up',
    (host) => {
      const { peer, asked } = start()
      expect(peer.callResolve(host)).toMatchObject({ code: 'BAD_ADDRESS' })
      expect(asked).toEqual([])
    },
  )

  it('ADR-04 what is no text is no destination', () => {
    const { peer, asked } = start()
    for (const host of [undefined, null, 7, {}, ['127.0.0.1'], Symbol('host')])
      expect(peer.callResolve(host as never)).toMatchObject({ code: 'BAD_ADDRESS' })
    expect(asked).toEqual([])
  })

  it('ADR-04 an overlong host of 1 MB is refused in less than a millisecond, each time', () => {
    const { peer, asked } = start()
    const host = 'a.'.repeat(2 ** 19)
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now()
      expect(peer.callResolve(host)).toMatchObject({ code: 'BAD_ADDRESS' })
      return performance.now() - start
    })
    expect(Math.min(...times)).toBeLessThan(1)
    expect(asked).toEqual([])
  })

  it('ADR-05 a literal of the other family is no destination, and the reason says so', () => {
    const why = expect.stringContaining('this socket speaks IPv4')
    expect(start().peer.callResolve('::1')).toMatchObject({ code: 'BAD_ADDRESS', why })
    expect(start({ family: 6 }).peer.callResolve('127.0.0.1')).toMatchObject({
      code: 'BAD_ADDRESS',
    })
  })

  it.each(['fe80::1', 'FE80::1', 'fe90::1', 'febf:ffff::1', 'fe80:0:0:0:1:2:3:4'])(
    'ADR-06 the link-local address %s without its scope is no destination, and the reason says to add it',
    (host) => {
      const why = `a link-local address needs its scope: ${host}%eth0`
      expect(start({ family: 6 }).peer.callResolve(host)).toEqual({ code: 'BAD_ADDRESS', why })
    },
  )

  it('ADR-06 other addresses that begin with fe need no scope', () => {
    const { peer } = start({ family: 6 })
    for (const host of ['fe00::1', 'fec0::1', 'fe8::1', 'fe::1', '1::fe80'])
      expect(peer.callResolve(host)).toBe(host)
  })
})
