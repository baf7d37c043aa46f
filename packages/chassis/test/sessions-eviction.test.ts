import { Sessions } from '@udpng/chassis'
import { Component, Inbox, type Main, Scheduler } from '@udpng/core'
import type { Address } from '@udpng/datagram'
import { liveHeap, ManualClock } from 'test-support'
import { describe, expect, it } from 'vitest'
import { Probe } from './probe.js'
import { A, B, Gate, NOTHING, Rig } from './rig.js'

const echo = () => new Probe<Buffer>()
/** A host of its own for each number. */
const host = (n: number): string => `198.51.${n >> 8}.${n & 0xff}`

/** Datagrams from there, each in a step of its own. */
function talk(rig: Rig<Probe<Buffer>>, source: Address, datagrams: number): void {
  for (let i = 0; i < datagrams; i++) {
    rig.send(source, `${i}`)
    rig.step(3)
  }
}

const living = (rig: Rig<Probe<Buffer>>, is: (source: Address) => boolean = () => true): number =>
  rig.made.filter((child, index) => !child.ended && is(rig.sources[index] as Address)).length

describe('a host with many sessions', () => {
  const isAttacker = ([address]: Address): boolean => address === A[0]

  it('SES-21 may take all free places; then it costs others at most its share, and pays with its own sessions', () => {
    const rig = new Rig(echo, { capacity: 100 }, { room: 1e6 })
    for (let n = 0; n < 90; n++) talk(rig, [host(n), 1], 3)
    for (let port = 1; port <= 1024; port++) talk(rig, [A[0], port], 3)
    expect([living(rig), living(rig, isAttacker)]).toEqual([100, 25])
    const others = living(rig, (source) => !isAttacker(source))
    expect(others).toBe(75)
    expect(rig.sessions.stats.dropped).toEqual(NOTHING)
  })

  it('SES-21 gives up its own sessions to newcomers of other hosts, while it has more than its share', () => {
    const rig = new Rig(echo, { capacity: 100, perHost: 10 }, { room: 1e6 })
    for (let n = 0; n < 40; n++) talk(rig, [host(n), 1], 1)
    for (let port = 1; port <= 1000; port++) talk(rig, [A[0], port], 2)
    expect(living(rig, isAttacker)).toBe(60)
    for (let n = 40; n < 90; n++) talk(rig, [host(n), 1], 2)
    expect(living(rig, isAttacker)).toBe(10)
    expect(living(rig)).toBe(100)
    // None of the others had to go.
    expect(new Set(rig.sources.map(([address]) => address)).size).toBe(91)
    expect(living(rig, (source) => !isAttacker(source))).toBe(90)
  })

  it('SES-21 alone it has all places: nothing is kept free', () => {
    const rig = new Rig(echo, { capacity: 50, perHost: 1 }, { room: 1e6 })
    for (let port = 1; port <= 50; port++) talk(rig, [A[0], port], 1)
    expect(rig.sessions.stats).toMatchObject({ started: 50, evicted: 0 })
    for (let port = 51; port <= 150; port++) talk(rig, [A[0], port], 1)
    expect(rig.sessions.stats).toMatchObject({ started: 150, evicted: 100 })
    expect(rig.made.slice(0, 100).every(({ ended }) => ended)).toBe(true)
  })

  it('SES-21 of several such hosts the largest pays', () => {
    const rig = new Rig(echo, { capacity: 60, perHost: 10 }, { room: 1e6 })
    for (let port = 1; port <= 35; port++) talk(rig, [A[0], port], 1)
    for (let port = 1; port <= 25; port++) talk(rig, [B[0], port], 1)
    const counts = (): number[] =>
      [A, B].map(([address]) => living(rig, (source) => source[0] === address))
    for (let n = 0; n < 10; n++) talk(rig, [host(n), 1], 1)
    expect(counts()).toEqual([25, 25])
    // Those of the same size pay in turn.
    for (let n = 10; n < 14; n++) talk(rig, [host(n), 1], 1)
    expect(counts()).toEqual([23, 23])
    for (let n = 14; n < 40; n++) talk(rig, [host(n), 1], 1)
    expect(counts()).toEqual([10, 10])
  })

  it('SES-07 a host whose sessions have ended leaves no memory behind', () => {
    /** Keeps nothing. */
    class Sip extends Component {
      readonly inbox: Inbox<Buffer> = new Inbox('Datagrams')
      override *main(): Main {
        for (; !this.readControl(); yield this.pause()) for (const _ of this.inbox);
      }
    }
    const scheduler = new Scheduler({ clock: new ManualClock() })
    const sessions = scheduler.activate(new Sessions(() => new Sip(), { capacity: 8 }))
    let hosts = 0
    const visit = (count: number): void => {
      for (const end = hosts + count; hosts < end; hosts++) {
        sessions.inbox.deliver([Buffer.from('x'), [host(hosts), 1]])
        for (let i = 0; i < 5; i++) scheduler.step()
      }
    }
    visit(1000)
    const before = liveHeap()
    visit(8000)
    expect(liveHeap() - before).toBeLessThan(2e6)
    expect(sessions.stats).toMatchObject({ started: 9000, evicted: 8992 })
  })

  it.each([
    ['an IPv4 address', ['192.0.2.1', '192.0.2.1'], ['192.0.2.2']],
    ['the same in IPv6 notation', ['::ffff:192.0.2.1', '::FFFF:c000:0201'], ['::ffff:192.0.2.2']],
    [
      'an IPv6 /64 network',
      ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', '2001:DB8:0:1:1:1:1:1'],
      ['2001:db8:0:2::1'],
    ],
    ['a link-local network of one interface', ['fe80::1%eth0', 'fe80::2%eth0'], ['fe80::1%eth1']],
    ['the loopback', ['::1', '::1'], ['1::1']],
  ])('SES-21 a host is %s', (_, same, others) => {
    const rig = new Rig(echo, { capacity: 4, perHost: 1 }, { room: 1e6 })
    const sources = [...others, ...same].map((address, i): Address => [address, 100 + i])
    for (const source of sources) talk(rig, source, 1)
    while (rig.made.length < 4) talk(rig, [host(rig.made.length), 1], 1)
    // The first of the host goes, though the other one is the least recently used.
    talk(rig, [same[0] as string, 7], 1)
    expect(rig.made[0]?.ended).toBe(false)
    expect(rig.made[1]?.ended).toBe(true)
  })
})

describe('the order of eviction', () => {
  it('SES-22 sessions of one datagram go before conversations, though these were used less recently', () => {
    const rig = new Rig(echo, { capacity: 10 }, { room: 1e6 })
    for (let n = 0; n < 8; n++) talk(rig, [host(n), 1], 2)
    for (let n = 8; n < 10; n++) talk(rig, [host(n), 1], 1)
    for (let n = 10; n < 110; n++) talk(rig, [host(n), 1], 1)
    expect(rig.made.slice(0, 8).map(({ ended }) => ended)).toEqual(new Array(8).fill(false))
    expect(rig.made.slice(-2).map(({ ended }) => ended)).toEqual([false, false])
    expect(rig.sessions.stats).toMatchObject({ started: 110, evicted: 100, dropped: NOTHING })
  })

  it('SES-22 a flood of addresses costs conversations an eighth of the places, and an eighth is for newcomers', async () => {
    const rig = new Rig(echo, { capacity: 80 }, { room: 1e6 })
    for (let n = 0; n < 80; n++) talk(rig, [host(n), 1], 2)
    await rig.pass(1)
    for (let n = 100; n < 600; n++) talk(rig, [host(n), 1], 1)
    expect(rig.made.slice(0, 10).every(({ ended }) => ended)).toBe(true)
    expect(rig.made.slice(10, 80).every(({ ended }) => !ended)).toBe(true)
    expect(rig.made.slice(-10).every(({ ended }) => !ended)).toBe(true)
    expect(living(rig)).toBe(80)
  })

  it('SES-22 a newcomer that sends again has a conversation', () => {
    const rig = new Rig(echo, { capacity: 8 }, { room: 1e6 })
    for (let n = 0; n < 7; n++) talk(rig, [host(n), 1], 2)
    talk(rig, [host(7), 1], 1)
    talk(rig, [host(7), 1], 1)
    talk(rig, [host(8), 1], 1)
    expect(rig.made.map(({ ended }) => ended)).toEqual([true, ...new Array(8).fill(false)])
    talk(rig, [host(9), 1], 1)
    expect(rig.made.map(({ ended }) => ended).slice(7)).toEqual([false, true, false])
  })

  it('SES-22 a datagram that the session lost makes no conversation', () => {
    const rig = new Rig(() => new Gate({ capacity: 1 }), { capacity: 2 }, { room: 1e6 })
    rig.send(A, '1')
    rig.step()
    rig.child(0).open()
    rig.step()
    rig.send(A, '2')
    rig.step()
    rig.send(B, '1')
    rig.send(B, 'lost')
    rig.step()
    rig.child(1).open()
    rig.step()
    rig.send(['192.0.2.9', 1], 'x')
    rig.step()
    expect(rig.made.map(({ ended }) => ended)).toEqual([false, true, false])
  })
})
