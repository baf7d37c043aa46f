import { networkInterfaces } from 'node:os'
import { Inbox, link, producerFinished, Scheduler, shutdownMicroprocess } from '@udpng/core'
import type { Datagram } from '@udpng/datagram'
import type { Command } from 'commander'
import { ManualClock } from 'test-support'
import { describe, expect, it } from 'vitest'
import { echoCommand } from '../../src/commands/echo.js'
import { AllowList } from '../../src/guard/allow-list.js'
import { Guard, type GuardOptions } from '../../src/guard/guard.js'
import { guardOptions } from '../../src/guard/guard-arguments.js'

const helpOf = (command: Command): string => command.helpInformation().replaceAll(/\s+/g, ' ')

/** A guard that runs, on a clock moved by hand. */
function start(options: GuardOptions = {}, capacity = 100_000) {
  const clock = new ManualClock()
  const scheduler = new Scheduler({ clock })
  const guard = new Guard(options)
  const passed = new Inbox<Datagram>('Passed', { capacity })
  link(guard.outbox, passed)
  scheduler.activate(guard)
  const run = scheduler.run()
  let count = 0
  /** Sends datagrams, each with a payload of its own; why each was dropped, or 'passed'. */
  const reasons = async (...sources: [host: string, port: number][]): Promise<string[]> => {
    const found: string[] = []
    for (const source of sources) {
      const before: Record<string, number> = { ...guard.stats.dropped, passed: guard.stats.passed }
      guard.inbox.deliver([Buffer.from(`${count++}`), source])
      await clock.advance(0)
      const after: Record<string, number> = { ...guard.stats.dropped, passed: guard.stats.passed }
      found.push(...Object.keys(after).filter((reason) => after[reason] !== before[reason]))
    }
    return found
  }
  return { clock, guard, passed, run, reasons }
}

describe('Guard', () => {
  it('GRD-01 passes on datagrams that may be answered, the same objects in order; the others are counted by reason', async () => {
    const { guard, passed, clock, run } = start({
      allow: new AllowList(['203.0.113.0/24']),
      rate: 500,
    })
    const sent = Array.from(
      { length: 1000 },
      (_, i): Datagram => [
        Buffer.from(`${i}`),
        [i % 2 ? '203.0.113.1' : '198.51.100.1', 1 + (i % 50)],
      ],
    )
    for (const datagram of sent) guard.inbox.deliver(datagram)
    guard.control.deliver(producerFinished())
    await clock.advance(0)
    await run
    const got = [...passed]
    expect(
      got.every(
        (datagram, i) => i === 0 || sent.indexOf(datagram) > sent.indexOf(got[i - 1] as Datagram),
      ),
    ).toBe(true)
    const { passed: count, dropped } = guard.stats
    expect(got).toHaveLength(count)
    expect(count).toBeGreaterThan(400)
    expect(dropped.notAllowed).toBe(500)
    expect(count + Object.values(dropped).reduce((all, each) => all + each, 0)).toBe(1000)
  })

  it.each([
    ['203.0.113.1', 0],
    ['255.255.255.255', 1500],
    ['224.0.0.1', 1500],
    ['239.255.255.250', 1900],
    ['::ffff:239.255.255.250', 1900],
    ['0.0.0.0', 1500],
    ['::', 1500],
    ['ff02::1', 1500],
    ['ff02::1%eth0', 1500],
    ['203.0.113.1', 7],
    ['203.0.113.1', 19],
  ])('GRD-02 %s port %d cannot be answered', async (host, port) => {
    const { reasons } = start()
    expect(await reasons([host, port], ['203.0.113.1', 1500], ['fe80::1%eth0', 1500])).toEqual([
      'unanswerable',
      'passed',
      'passed',
    ])
  })

  it('GRD-02 the broadcast address of a network of this machine cannot be answered', async ({
    skip,
  }) => {
    const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
    const network = all.find(
      ({ family, netmask }) => family === 'IPv4' && netmask === '255.255.255.0',
    )
    if (!network) return skip('this machine has no network of this size')
    const broadcast = network.address.replace(/\d+$/, '255')
    expect(await start().reasons([broadcast, 1500])).toEqual(['unanswerable'])
  })

  it('GRD-03 what comes from its own sockets is dropped, not what comes from other ports or hosts', async () => {
    const { reasons } = start({ isOwn: (host, port) => port === 1500 && host !== '127.0.0.9' })
    expect(
      await reasons(
        ['127.0.0.1', 1500],
        ['::1', 1500],
        ['::ffff:127.0.0.1', 1500],
        ['127.0.0.9', 1500],
        ['127.0.0.1', 1501],
        ['203.0.113.1', 1500],
      ),
    ).toEqual(['ownAddress', 'ownAddress', 'ownAddress', 'passed', 'passed', 'passed'])
  })

  it('GRD-04 with an allow-list, only the hosts in it pass', async () => {
    const allow = new AllowList(['10.0.0.0/8', '203.0.113.7', '2001:db8::/32', 'fe80::/10'])
    const { reasons } = start({ allow })
    const pass: [string, number][] = [
      ['10.255.0.1', 1],
      ['::ffff:10.1.2.3', 1],
      ['203.0.113.7', 1],
      ['2001:db8:1::1', 1],
      ['fe80::1%eth0', 1],
    ]
    const refused: [string, number][] = [
      ['11.0.0.1', 1],
      ['203.0.113.8', 1],
      ['::ffff:203.0.113.8', 1],
      ['2001:db9::1', 1],
      ['127.0.0.1', 1],
    ]
    expect(await reasons(...pass)).toEqual(pass.map(() => 'passed'))
    expect(await reasons(...refused)).toEqual(refused.map(() => 'notAllowed'))
  })

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0/8',
    '::/129',
    'host',
    '10.0.0.1/',
    '/8',
    'fe80::1%eth0',
    '10.0.0.0/-1',
  ])('GRD-04 %j is not a network', (text) => {
    expect(() => new AllowList([text])).toThrow(/^It must be an IP address, or a network/)
  })

  it('GRD-05 a rate is kept for each host and for all, with one second of burst', async () => {
    const { reasons, clock } = start({ rate: 6, ratePerHost: 4 })
    const from = (host: string, count: number): [string, number][] =>
      Array.from({ length: count }, (_, i) => [host, 1000 + i])
    const count = async (host: string, many: number): Promise<[number, number, number]> => {
      const found = await reasons(...from(host, many))
      const of = (reason: string): number => found.filter((each) => each === reason).length
      return [of('passed'), of('overHostRate'), of('overRate')]
    }
    expect(await count('203.0.113.1', 10)).toEqual([4, 6, 0])
    expect(await count('203.0.113.2', 10)).toEqual([2, 6, 2])
    await clock.advance(500)
    expect(await count('203.0.113.1', 10)).toEqual([2, 8, 0])
    await clock.advance(10_000)
    expect(await count('203.0.113.1', 10)).toEqual([4, 6, 0]) // not ten seconds' worth
  })

  it('GRD-05 this machine is not limited, unless it is asked for', async () => {
    const all: [string, number][] = Array.from({ length: 20 }, (_, i) => ['127.0.0.1', 1000 + i])
    expect(await start({ ratePerHost: 1 }).reasons(...all)).not.toContain('overHostRate')
    expect(await start({ ratePerHost: 1, limitsOwn: true }).reasons(...all)).toContain(
      'overHostRate',
    )
  })

  it('GRD-13 the addresses of an IPv6 /64 network share one rate', async () => {
    const { reasons } = start({ ratePerHost: 2 })
    const hosts = [
      '2001:db8:0:1::1',
      '2001:db8:0:1:8000::',
      '2001:db8::1:0:0:0:3',
      '2001:db8:0:2::1',
    ]
    expect(await reasons(...hosts.map((host): [string, number] => [host, 1000]))).toEqual([
      'passed',
      'passed',
      'overHostRate',
      'passed',
    ])
    const forged = Array.from({ length: 20 }, (_, i): [string, number] => [
      `2001:db8:0:3::${i}`,
      1000,
    ])
    expect((await reasons(...forged)).filter((reason) => reason === 'passed')).toHaveLength(2)
  })

  it('GRD-14 the rate for all together can exclude this machine', async () => {
    const own = Array.from({ length: 5 }, (_, i): [string, number] => ['127.0.0.1', 1000 + i])
    expect(await start({ rate: 2 }).reasons(...own)).toContain('overRate')
    const { reasons } = start({ rate: 2, rateLimitsOwn: false })
    expect(await reasons(...own)).not.toContain('overRate')
    const others = Array.from({ length: 5 }, (_, i): [string, number] => [`203.0.113.${i}`, 1000])
    expect((await reasons(...others)).filter((reason) => reason === 'overRate')).toHaveLength(3)
  })

  it('CLI-82 forged sources have a limit in all with the options of echo, this machine has none', async () => {
    const options = guardOptions({}, { rate: 3, ratePerHost: 2 })
    const forged = Array.from({ length: 9 }, (_, i): [string, number] => [`203.0.113.${i}`, 1000])
    const { reasons } = start(options)
    expect((await reasons(...forged)).filter((reason) => reason === 'passed')).toHaveLength(3)
    const own = Array.from({ length: 9 }, (_, i): [string, number] => ['127.0.0.1', 1000 + i])
    expect(new Set(await reasons(...own))).toEqual(new Set(['passed']))
    expect(helpOf(echoCommand())).toContain(
      'in total (default: 100 000; no limit for this machine)',
    )
  })

  it('GRD-09 it remembers 4096 hosts: the least recently used are forgotten', async () => {
    const { reasons, guard, clock, passed } = start({ ratePerHost: 1 })
    expect(await reasons(['203.0.113.1', 1], ['203.0.113.1', 1])).toEqual([
      'passed',
      'overHostRate',
    ])
    const others = async (first: number): Promise<void> => {
      for (let i = 0; i < 1000; i++)
        guard.inbox.deliver([Buffer.from('x'), [`10.${first}.${i >> 8}.${i & 255}`, 1]])
      await clock.advance(0)
      for (let turns = 0; guard.inbox.ready && turns < 1000; turns++) await clock.advance(0)
    }
    for (let i = 0; i < 10; i++) {
      await others(i)
      // Used again and again, it is known.
      expect(await reasons(['203.0.113.1', 1])).toEqual(['overHostRate'])
    }
    for (let i = 0; i < 5; i++) await others(i)
    expect(await reasons(['203.0.113.1', 1])).toEqual(['passed'])
    expect(passed.length).toBeLessThan(100_000)
  })

  it('GRD-10 it takes nothing while outbox is full; on producerFinished it passes on what is queued', async () => {
    const { guard, passed, run, clock } = start({}, 2)
    for (let i = 0; i < 5; i++) guard.inbox.deliver([Buffer.from(`${i}`), ['203.0.113.1', 1]])
    guard.control.deliver(producerFinished())
    await clock.advance(0)
    expect([guard.inbox.length, passed.length, guard.ended]).toEqual([3, 2, false])
    const got: string[] = []
    while (!guard.ended || passed.ready) {
      for (const [data] of passed) got.push(String(data))
      await clock.advance(0)
    }
    await run
    expect(got).toEqual(['0', '1', '2', '3', '4'])
  })

  it('GRD-10 on shutdownMicroprocess it ends at once', async () => {
    const { guard, run, clock } = start({}, 1)
    for (let i = 0; i < 5; i++) guard.inbox.deliver([Buffer.from(`${i}`), ['203.0.113.1', 1]])
    guard.control.deliver(shutdownMicroprocess())
    await clock.advance(0)
    await run
    expect(guard.ended).toBe(true)
  })
})
