import { noStats, type OpenOptions } from '@udpng/basic-peer'
import { describe, expect, it } from 'vitest'
import { type Conditions, type Host, Network, Random, VirtualClock } from '../src/index.js'
import type { VirtualSocket } from '../src/virtual-socket.js'

/** A network whose time passes on request. */
function network(conditions: Conditions = {}) {
  const clock = new VirtualClock()
  const events: string[] = []
  const net = new Network(new Random(1), clock, (event, { name }) =>
    events.push(`${name} ${event}`),
  )
  net.setConditions(conditions)
  return {
    net,
    events,
    /** Lets this many milliseconds pass, and what is due at this moment happen. */
    async pass(ms = 0): Promise<void> {
      const until = clock.now() + ms
      for (let next = clock.next; next !== undefined && next <= until; next = clock.next)
        clock.advance(until)
      clock.advance(until)
      await new Promise(setImmediate)
    },
  }
}

function open(host: Host, options: Partial<OpenOptions> = {}) {
  const stats = noStats()
  const failed: string[] = []
  const refused: string[] = []
  const socket = host.transport.open({
    family: options.host?.includes(':') ? 6 : 4,
    host: '0.0.0.0',
    port: 0,
    receive: true,
    stats,
    onFailed: (_, { message }) => failed.push(message),
    onRefused: ([host, port], { message }) => refused.push(`${host} ${port}: ${message}`),
    onSettled: () => {},
    ...options,
  })
  return {
    socket,
    stats,
    failed,
    refused,
    address: socket.address,
    send: (host: string, port: number, text = 'hello') =>
      socket.send([{ data: Buffer.from(text), host, port }]),
    got: () => socket.read(100).map(([data, [host, port]]) => `${data} ${host} ${port}`),
  }
}

const hosts = (net: Network, ...addresses: string[]) =>
  addresses.map((address, i) => net.host(`host${i}`, address))

describe('a host', () => {
  it('has a unique name and unique addresses', () => {
    const { net } = network()
    const host = net.host('a', '10.0.0.1', 'FD00:0::1/48')
    expect([host.name, host.addresses]).toEqual(['a', ['10.0.0.1', 'fd00::1']])
    expect(net.hosts).toEqual([host])
    for (const [name, address, message] of [
      ['a', '10.0.0.2', 'there is a host a already'],
      ['b', '10.0.0.1', 'a has the address 10.0.0.1 already'],
      ['b', 'fd00:0:0::1', 'a has the address fd00::1 already'],
      ['b', 'nowhere', 'b cannot have the address nowhere'],
      ['b', '10.0.0.2/33', 'b cannot have the address 10.0.0.2/33'],
      ['b', '', 'b cannot have the address '],
    ] as const)
      expect(() => net.host(name, address)).toThrow(
        expect.objectContaining({ code: 'BAD_OPTION', message }),
      )
    expect(net.hosts).toEqual([host])
    expect(() => net.host('b', 'nowhere')).toThrow(
      expect.objectContaining({ cause: new Error('nowhere is not an IP address') }),
    )
    expect(() => net.host('b', '10.0.0.2/33')).toThrow(
      expect.objectContaining({ cause: new Error('/33 is not the length of a prefix') }),
    )
  })

  it('finds the addresses of all hosts by name', () => {
    const { net } = network()
    const host = net.host('a', '10.0.0.1', 'fd00::1')
    net.host('b', '10.0.0.2')
    const look = (name: string, family: 4 | 6): unknown => {
      let answer: unknown
      host.lookup(name, { family } as never, (...all: unknown[]) => {
        answer = all
      })
      return answer
    }
    expect(look('a', 6)).toEqual([null, 'fd00::1', 6])
    expect(look('b', 4)).toEqual([null, '10.0.0.2', 4])
    for (const [name, family] of [
      ['b', 6],
      ['c', 4],
    ] as const)
      expect(look(name, family)).toEqual([
        expect.objectContaining({ code: 'ENOTFOUND', message: `getaddrinfo ENOTFOUND ${name}` }),
        '',
        family,
      ])
  })
})

describe('opening a socket of a host', () => {
  it('gives free ports from 49152 on, one after the other, and begins again at the end', () => {
    const { net } = network()
    const [host] = hosts(net, '10.0.0.1') as [Host]
    expect(open(host).address).toEqual(['0.0.0.0', 49_152])
    open(host, { port: 49_153 })
    expect(open(host).address[1]).toBe(49_154)
    expect(open(host, { host: '::' }).address).toEqual(['::', 49_155])
    for (const share of [{ reuseAddr: true }, { reusePort: true }]) {
      const [, last] = open(host).address
      open(host, { port: last + 1, ...share })
      const free = open(host, share)
      expect(free.address[1]).toBe(last + 2)
      for (const port of [last, last + 1]) expect(() => open(host, { port })).toThrow('EADDRINUSE')
    }
    for (let port = 49_162; port <= 65_535; port++) open(host, { host: '10.0.0.1' })
    expect(() => open(host)).toThrow(
      expect.objectContaining({ code: 'EADDRINUSE', errno: -98, syscall: 'bind' }),
    )
    expect(() => open(host, { host: '127.0.0.1', port: 49_155 })).toThrow('EADDRINUSE')
    const other = open(host, { host: '127.0.0.1', port: 49_162 })
    other.socket.close()
    expect(open(host, { host: '127.0.0.1' }).address[1]).toBe(49_162)
  })

  it('is refused for an address that the host does not have', () => {
    const { net } = network()
    const host = net.host('a', '10.0.0.1', 'fe80::1')
    net.host('b', '10.0.0.2')
    for (const address of ['10.0.0.2', 'fd00::1', 'fe80::1%eth7', 'fe80::2%eth0'])
      expect(() => open(host, { host: address, port: 9 })).toThrow(
        expect.objectContaining({
          code: 'EADDRNOTAVAIL',
          message: `bind EADDRNOTAVAIL: address not available ${address}:9`,
          address,
          port: 9,
        }),
      )
    expect(() => open(host, { host: '127.0.0.1%eth7' })).toThrow()
    expect(open(host, { host: 'fe80::1%eth0' }).address[0]).toBe('fe80::1%eth0')
    for (const address of [
      '10.0.0.1',
      '127.0.0.1',
      '::1',
      '255.255.255.255',
      '10.0.0.255',
      '224.1.2.3',
    ])
      expect(open(host, { host: address }).address[0]).toBe(address)
  })

  it('is refused where another socket has the address, unless both share it', () => {
    const { net } = network()
    const host = net.host('a', '10.0.0.1', 'fd00::1')
    /** Whether the second one can be opened beside the first one. */
    const fits = (first: Partial<OpenOptions>, second: Partial<OpenOptions>): boolean => {
      const sockets = [open(host, { port: 9, ...first })]
      try {
        sockets.push(open(host, { port: 9, ...second }))
      } catch (error) {
        expect(error).toMatchObject({ code: 'EADDRINUSE' })
      }
      for (const { socket } of sockets) socket.close()
      return sockets.length === 2
    }
    const [one, two, any4, any6] = [
      { host: '10.0.0.1' },
      { host: '127.0.0.1' },
      { host: '0.0.0.0' },
      { host: '::' },
    ]
    expect(fits(one, one)).toBe(false)
    expect(fits(one, two)).toBe(true)
    expect(fits(one, { ...one, port: 10 })).toBe(true)
    expect(fits(any4, one)).toBe(false)
    expect(fits(one, any4)).toBe(false)
    expect(fits(any4, any6)).toBe(false)
    expect(fits(any6, any4)).toBe(false)
    expect(fits(any4, { ...any6, ipv6Only: true })).toBe(true)
    expect(fits({ ...any6, ipv6Only: true }, one)).toBe(true)
    expect(fits(one, { host: '::1' })).toBe(true)
    expect(fits(any4, { host: 'fd00::1' })).toBe(true)
    expect(fits({ host: 'fd00::1' }, any4)).toBe(true)
    expect(fits(any6, { host: 'fd00::1' })).toBe(false)
    expect(fits(any6, one)).toBe(false)
    for (const share of [{ reuseAddr: true }, { reusePort: true }]) {
      expect(fits({ ...one, ...share }, { ...one, ...share })).toBe(true)
      expect(fits({ ...one, ...share }, one)).toBe(false)
      expect(fits(one, { ...one, ...share })).toBe(false)
    }
    expect(fits({ ...one, reuseAddr: true }, { ...one, reusePort: true })).toBe(false)
  })

  it('is refused with an interface for groups that the host does not have', () => {
    const { net } = network()
    const host = net.host('a', '10.0.0.1', 'fd00::1')
    const joining = (name: string) => () => open(host, { multicast: { interface: name } })
    const joining6 = (name: string) => () =>
      open(host, { host: '::', multicast: { interface: name } })
    for (const name of ['lo', 'eth0', '10.0.0.1', '127.0.0.1']) expect(joining(name)).not.toThrow()
    for (const name of ['lo', 'eth0', 'FD00:0::1', '::1']) expect(joining6(name)).not.toThrow()
    for (const name of ['eth1', '10.0.0.2', 'fd00::1', '0.0.0.0'])
      expect(joining(name)).toThrow(`a has no interface ${name} that speaks IPv4`)
    for (const name of ['eth1', 'fd00::2', '10.0.0.1'])
      expect(joining6(name)).toThrow(`a has no interface ${name} that speaks IPv6`)
  })

  it('meets the requested faults, each once', () => {
    const { net } = network()
    const [host] = hosts(net, '10.0.0.1') as [Host]
    host.refuse('open', 'EMFILE')
    host.refuse('open', 'ENOMEM', 2)
    for (const code of ['EMFILE', 'ENOMEM', 'ENOMEM'])
      expect(() => open(host, { port: 9 })).toThrow(
        expect.objectContaining({ code, syscall: 'bind', port: 9 }),
      )
    const { send, failed, stats } = open(host)
    host.refuse('send', 'EAGAIN')
    host.refuse('send', 'EPERM')
    expect([send('10.0.0.1', 9), failed]).toEqual([0, []])
    expect(send('10.0.0.1', 9)).toBe(1)
    expect(failed).toEqual(['send EPERM: operation not permitted 10.0.0.1:9'])
    expect(send('10.0.0.1', 9)).toBe(1)
    expect([stats.sent, stats.sentBytes, failed.length]).toEqual([1, 5, 1])
  })
})

describe('a datagram of a host', () => {
  it.each<[from: string, to: string, source: string]>([
    ['0.0.0.0', '10.0.0.2', '10.0.0.1'],
    ['10.0.0.1', '10.0.0.2', '10.0.0.1'],
    ['0.0.0.0', '127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '0.0.0.0', '127.0.0.1'],
    ['0.0.0.0', '10.0.0.1', '10.0.0.1'],
    ['::', 'fd00::2', 'fd00::1'],
    ['::', 'fd99::2', 'fd00::1'],
    ['::', '::1', '::1'],
    ['::', '::', '::1'],
    ['::', '::ffff:10.0.0.2', '::ffff:10.0.0.1'],
    ['fd00::1', 'fd00::2', 'fd00::1'],
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '10.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '192.168.7.2', '192.168.7.1'],
    ['10.0.0.255', '10.0.0.2', '10.0.0.1'],
    ['224.1.2.3', '10.0.0.2', '10.0.0.1'],
  ])('from %s to %s comes from %s', async (host, to, source) => {
    const { net, pass } = network()
    const a = net.host('a', '10.0.0.1', '192.168.7.1', 'fd00::1')
    const b = net.host('b', '10.0.0.2', '192.168.7.2', 'fd00::2', 'fd99::2')
    const receivers = [a, b].map((on) => open(on, { host: '::', port: 9 }))
    const { send, failed, address } = open(a, { host })
    send(to, 9)
    await pass()
    expect(failed).toEqual([])
    const mapped = source.includes(':') ? source : `::ffff:${source}`
    expect(receivers.flatMap(({ got }) => got())).toEqual([`hello ${mapped} ${address[1]}`])
  })

  it.each<[from: string, to: string, port: number, error: string, options?: Partial<OpenOptions>]>([
    ['127.0.0.1', '10.0.0.2', 9, 'send ENETUNREACH: network is unreachable 10.0.0.2:9'],
    ['0.0.0.0', 'fd00::2', 9, 'send ENETUNREACH: network is unreachable fd00::2:9'],
    ['::', '::ffff:10.0.0.2', 9, 'send ENETUNREACH: network is unreachable', { ipv6Only: true }],
    ['0.0.0.0', '10.0.0.2', 0, 'send EINVAL: invalid argument 10.0.0.2:0'],
    ['0.0.0.0', '10.0.0.255', 9, 'send EACCES: permission denied 10.0.0.255:9'],
    ['0.0.0.0', '255.255.255.255', 9, 'send EACCES: permission denied'],
    ['0.0.0.0', '127.255.255.255', 9, 'send EACCES: permission denied'],
    ['::', 'fe80::2%eth7', 9, 'there is no interface eth7'],
    ['::', 'fe80::2%lo', 9, 'send ENETUNREACH: network is unreachable fe80::2%lo:9'],
  ])('from %s to %s, port %i, fails: %s', async (host, to, port, error, options) => {
    const { net, pass } = network()
    const a = net.host('a', '10.0.0.1', 'fd00::1', 'fe80::1')
    net.host('b', '10.0.0.2', 'fd00::2', 'fe80::2')
    const { send, failed, stats } = open(a, { host, ...options })
    expect(send(to, port)).toBe(1)
    await pass()
    expect(failed).toEqual([expect.stringContaining(error)])
    expect([stats.sent, net.stats.sent]).toEqual([0, 0])
  })

  it('reaches the socket that is bound most closely', async () => {
    const { net, pass } = network()
    const [a, b] = hosts(net, '10.0.0.1', '10.0.0.2') as [Host, Host]
    const shared = { port: 9, reuseAddr: true }
    const sockets = {
      own: open(b, { ...shared, host: '10.0.0.2' }),
      last: open(b, { ...shared, host: '10.0.0.2' }),
      any4: open(b, { ...shared }),
      any6: open(b, { ...shared, host: '::' }),
    }
    const { send } = open(a)
    for (const name of ['last', 'own', 'any4', 'any6'] as const) {
      send('10.0.0.2', 9)
      await pass()
      const got = Object.entries(sockets).filter(([, { got }]) => got().length > 0)
      expect(got.map(([name]) => name)).toEqual([name])
      sockets[name].socket.close()
    }
  })

  it.each<[host: string, options: Partial<OpenOptions>, heard: string[]]>([
    ['0.0.0.0', { multicast: { groups: ['224.1.2.3'] } }, ['10.0.0.2', '10.0.0.255', '224.1.2.3']],
    ['0.0.0.0', {}, ['10.0.0.2', '10.0.0.255']],
    [
      '::',
      { multicast: { groups: ['ff02::1'] } },
      ['10.0.0.2', '10.0.0.255', 'fd00::2', 'ff02::1'],
    ],
    ['::', { ipv6Only: true, multicast: { groups: ['ff02::1'] } }, ['fd00::2', 'ff02::1']],
    ['::', { ipv6Only: true, multicast: { groups: ['ff02::2'] } }, ['fd00::2']],
    ['10.0.0.2', { multicast: { groups: ['224.1.2.3'] } }, ['10.0.0.2']],
    ['fd00::2', {}, ['fd00::2']],
    ['127.0.0.1', {}, []],
    ['224.1.2.3', { multicast: { groups: ['224.1.2.3'] } }, ['224.1.2.3']],
    ['224.1.2.3', { multicast: { groups: ['224.1.2.3'], interface: 'lo' } }, []],
    ['10.0.0.255', {}, ['10.0.0.255']],
  ])(
    'reaches a socket that is bound to %s, %o, if it was sent to %j',
    async (host, options, heard) => {
      const { net, pass } = network()
      const a = net.host('a', '10.0.0.1', 'fd00::1')
      const b = net.host('b', '10.0.0.2', 'fd00::2')
      // Groups that another socket of the host has joined are not for this one.
      for (const [host, group] of [
        ['0.0.0.0', '224.1.2.3'],
        ['::', 'ff02::1'],
      ] as const)
        open(b, { host, port: 10, reuseAddr: true, multicast: { groups: [group] } })
      const { got } = open(b, { host, port: 9, ...options })
      for (const to of ['10.0.0.2', '10.0.0.255', '224.1.2.3', 'fd00::2', 'ff02::1']) {
        open(a, { host: to.includes(':') ? '::' : '0.0.0.0', broadcast: true }).send(to, 9, to)
        await pass()
      }
      expect(got().map((text) => text.split(' ')[0])).toEqual(heard)
    },
  )

  it('keeps the options that a change does not give', () => {
    const { net } = network()
    const [a] = hosts(net, '10.0.0.1') as [Host]
    const { socket } = open(a, { broadcast: true, ttl: 9, multicast: { ttl: 3, loopback: false } })
    const nothing = { broadcast: undefined, multicast: { ttl: undefined, loopback: true } }
    ;(socket as VirtualSocket).setOptions(nothing as never)
    expect((socket as VirtualSocket).options).toMatchObject({
      broadcast: true,
      ttl: 9,
      multicast: { ttl: 3, loopback: true },
    })
  })

  it('refuses to join a group twice on the interface of the system', () => {
    const { net } = network()
    const [a] = hosts(net, '10.0.0.1') as [Host]
    const socket = open(a, { multicast: { groups: ['224.1.2.3'] } }).socket as VirtualSocket
    expect(() => socket.join({ group: '224.1.2.3', interface: 'eth0' })).toThrow(
      expect.objectContaining({ code: 'EADDRINUSE' }),
    )
    socket.join({ group: '224.1.2.3', source: '10.0.0.9' })
  })

  it('to a group on the loopback interface stays on its host, and comes from loopback', async () => {
    const { net, pass } = network()
    const [a, b] = hosts(net, '10.0.0.1', '10.0.0.2') as [Host, Host]
    const onLoopback = { groups: ['224.1.2.3'], interface: 'lo' }
    const options = { port: 9, reuseAddr: true }
    const own = open(a, { ...options, multicast: onLoopback })
    const onLink = open(a, { ...options, multicast: { groups: ['224.1.2.3'] } })
    const other = open(b, { ...options, multicast: onLoopback })
    open(a, { multicast: { interface: 'lo' } }).send('224.1.2.3', 9, 'here')
    await pass()
    expect(own.got()).toEqual([expect.stringMatching(/^here 127\.0\.0\.1 /)])
    expect([onLink.got(), other.got()]).toEqual([[], []])
  })

  it('to a group reaches every member on a host, once each', async () => {
    const { net, pass } = network()
    const [a, b] = hosts(net, '10.0.0.1', '10.0.0.2') as [Host, Host]
    const member = { port: 9, reuseAddr: true, multicast: { groups: ['224.1.2.3'] } }
    const receivers = [a, b, b].map((host) => open(host, member))
    open(a).send('224.1.2.3', 9)
    await pass()
    expect(receivers.map(({ got }) => got().length)).toEqual([1, 1, 1])
    expect(net.stats).toMatchObject({ sent: 1, copies: 2, delivered: 3 })
  })

  it('reaches one of those that share the port by reusePort, the same one for each sender', async () => {
    const { net, pass } = network()
    const [a, b] = hosts(net, '10.0.0.1', '10.0.0.2') as [Host, Host]
    const sharing = [0, 1].map(() => open(b, { port: 9, reusePort: true }))
    const senders = [0, 1, 2, 3].map(() => open(a))
    for (let round = 0; round < 2; round++) {
      for (const { send } of senders) send('10.0.0.2', 9)
      await pass()
      const got = sharing.map(({ got }) => got())
      expect(got.map(({ length }) => length)).toEqual([2, 2])
      expect(got.flat().sort()).toEqual(
        senders.map(({ address }) => `hello 10.0.0.1 ${address[1]}`),
      )
    }
  })

  it('to a broadcast address reaches every socket of the port in the subnet', async () => {
    const { net, pass, events } = network()
    const [a, b, c] = hosts(net, '10.0.0.1', '10.0.0.2', '10.0.1.3') as [Host, Host, Host]
    const receivers = [a, b, b, c].map((host) => open(host, { port: 9, reuseAddr: true }))
    const { send, failed } = open(a, { broadcast: true })
    send('10.0.0.255', 9)
    await pass()
    expect(receivers.map(({ got }) => got().length)).toEqual([1, 1, 1, 0])
    send('255.255.255.255', 9)
    await pass()
    expect(receivers.map(({ got }) => got().length)).toEqual([1, 1, 1, 1])
    expect(failed).toEqual([])
    expect(net.stats).toMatchObject({ sent: 2, copies: 5, delivered: 7, underway: 0 })
    expect(events.filter((event) => event.endsWith('deliver'))).toHaveLength(7)
  })

  it('to a group reaches the members, as far as ttl and loopback allow', async () => {
    const group = '224.1.2.3'
    for (const [options, expected] of [
      [{}, [1, 1, 0]],
      [{ ttl: 0 }, [1, 0, 0]],
      [{ loopback: false }, [0, 1, 0]],
      [{ ttl: 0, loopback: false }, [0, 0, 0]],
    ] as const) {
      const { net, pass } = network()
      const [a, b, c] = hosts(net, '10.0.0.1', '10.0.0.2', '10.0.0.3') as [Host, Host, Host]
      const member = { port: 9, multicast: { groups: [group] } }
      const receivers = [open(a, member), open(b, member), open(c, { port: 9 })]
      const { send } = open(a, { multicast: options })
      send(group, 9)
      await pass()
      expect(receivers.map(({ got }) => got().length)).toEqual(expected)
      const reached = expected.reduce<number>((sum, count) => sum + count, 0)
      expect(net.stats.lost.unreachable).toBe(reached === 0 ? 1 : 0)
      expect(net.stats).toMatchObject({ sent: 1, delivered: reached })
      expect(net.discrepancy).toBeUndefined()
    }
  })

  it('to a group, on a port that no member has, is refused without a report to the sender', async () => {
    const { net, pass } = network()
    const [a, b] = hosts(net, '10.0.0.1', '10.0.0.2') as [Host, Host]
    open(b, { port: 10, multicast: { groups: ['224.1.2.3'] } })
    const { send, stats } = open(a)
    send('224.1.2.3', 9)
    await pass()
    expect([net.stats.lost.refused, stats.refused]).toEqual([1, 0])
  })

  it('to the unspecified address reaches a socket on loopback', async () => {
    const { net, pass } = network()
    const [host] = hosts(net, '10.0.0.1') as [Host]
    for (const [any, loopback] of [
      ['0.0.0.0', '127.0.0.1'],
      ['::', '::1'],
    ] as const) {
      const { got } = open(host, { host: loopback, port: 9 })
      const { send, address } = open(host, { host: any })
      send(any, 9)
      await pass()
      expect(got()).toEqual([`hello ${loopback} ${address[1]}`])
    }
  })

  it('to a group comes from loopback where the host has no other address', async () => {
    for (const [family, group, source] of [
      [4, '224.1.2.3', '127.0.0.1'],
      [6, 'ff02::1', '::1'],
    ] as const) {
      const { net, pass } = network()
      const host = net.host('a')
      const any = family === 4 ? '0.0.0.0' : '::'
      const { got } = open(host, { host: any, port: 9, multicast: { groups: [group] } })
      const { send, failed, address } = open(host, { host: any })
      send(group, 9)
      await pass()
      expect([failed, got()]).toEqual([[], [`hello ${source} ${address[1]}`]])
      send(family === 4 ? '10.0.0.2' : 'fd00::2', 9)
      expect(failed).toEqual([expect.stringContaining('ENETUNREACH')])
    }
  })

  it('to an unknown host is unreachable; to a closed port it is refused, which is reported to the sender', async () => {
    const { net, pass, events } = network({ delayMs: 10 })
    const [a] = hosts(net, '10.0.0.1', '10.0.0.2') as [Host]
    const { send, refused, stats } = open(a)
    send('10.0.0.3', 9)
    expect(events).toEqual(['host0 send', 'host0 unreachable'])
    send('10.0.0.2', 9)
    await pass(19)
    expect([stats.refused, refused]).toEqual([0, []])
    await pass(1)
    const error = 'recvmsg ECONNREFUSED: connection refused 10.0.0.2:9'
    expect([stats.refused, refused]).toEqual([1, [`10.0.0.2 9: ${error}`]])
    send('127.0.0.1', 9)
    send('127.0.0.1', 10)
    await pass()
    expect(stats.refused).toBe(3)
    expect(refused[1]).toMatch(/^127.0.0.1 10: /)
    expect(refused).toHaveLength(2)
    expect(net.stats.lost).toMatchObject({ unreachable: 1, refused: 3 })
  })

  it('to a closed port is not reported if the ICMP message is lost, or the sender is closed by then', async () => {
    const { net, pass } = network()
    const [a, b] = hosts(net, '10.0.0.1', '10.0.0.2') as [Host, Host]
    net.path(b, a).conditions = { blocked: true }
    const one = open(a)
    one.send('10.0.0.2', 9)
    await pass()
    expect([one.stats.refused, one.refused]).toEqual([0, []])
    net.path(b, a).conditions = { delayMs: 5 }
    one.send('10.0.0.2', 9)
    await pass()
    one.socket.close()
    await pass(5)
    expect(one.refused).toEqual([])
  })

  it('is delayed, duplicated and lost by the path in its direction', async () => {
    const { net, pass, events } = network()
    const [a, b] = hosts(net, '10.0.0.1', '10.0.0.2') as [Host, Host]
    net.path(a, b).conditions = { delayMs: 5, duplicate: 1 }
    net.path(b, a).conditions = { loss: 1 }
    const [left, right] = [open(a, { port: 9 }), open(b, { port: 9 })]
    left.send('10.0.0.2', 9)
    right.send('10.0.0.1', 9)
    await pass()
    expect(net.stats).toMatchObject({ sent: 2, copies: 1, delivered: 0, underway: 2 })
    await pass(5)
    expect([left.got(), right.got().length]).toEqual([[], 2])
    expect(net.stats).toMatchObject({ delivered: 2, underway: 0, lost: { loss: 1 } })
    expect(events).toContain('host1 loss')
    net.setConditions({})
    right.send('10.0.0.1', 9)
    await pass()
    expect(left.got()).toHaveLength(1)
    expect(net.discrepancy).toBeUndefined()
  })

  it('that does not fit into the receive buffer is dropped and counted', async () => {
    const { net, pass, events } = network()
    const [a, b] = hosts(net, '10.0.0.1', '10.0.0.2') as [Host, Host]
    const receiver = open(b, { port: 9, recvBufferSize: 1000 })
    const { send } = open(a)
    expect(receiver.socket.recvBufferSize).toBe(1000)
    // 704 bytes of bookkeeping each, in 2000 bytes; one more while it is not full
    for (let i = 0; i < 5; i++) send('10.0.0.2', 9)
    await pass()
    expect(receiver.got()).toHaveLength(3)
    expect(receiver.socket.kernelDrops).toEqual({ atLeast: 2, atMost: 2, about: 2 })
    expect(net.stats.lost.bufferFull).toBe(2)
    expect(events.filter((event) => event === 'host1 bufferFull')).toHaveLength(2)
    for (let i = 0; i < 2; i++) send('10.0.0.2', 9)
    await pass()
    expect(receiver.got()).toHaveLength(2)
    expect(open(b).socket.recvBufferSize).toBe(212_992)
    expect(net.discrepancy).toBeUndefined()
  })

  it('that the owner does not read is counted as unread: at once, or when its socket is closed', async () => {
    const { net, pass } = network()
    const [a, b] = hosts(net, '10.0.0.1', '10.0.0.2') as [Host, Host]
    const [deaf, other] = [open(b, { port: 9, receive: false }), open(b, { port: 10 })]
    const { send } = open(a)
    send('10.0.0.2', 9)
    send('10.0.0.2', 10)
    send('10.0.0.2', 10)
    await pass()
    expect([deaf.stats.dropped.unread, other.stats.dropped.unread]).toEqual([1, 0])
    expect(other.socket.read(1)).toHaveLength(1)
    other.socket.close()
    other.socket.close()
    expect(other.stats.dropped.unread).toBe(1)
    expect([other.send('10.0.0.1', 9), other.got()]).toEqual([0, []])
    expect(net.discrepancy).toBeUndefined()
    net.stats.delivered++
    net.stats.sent++
    expect(net.discrepancy).toBe(
      '4 delivered are not the 3 that sockets gave to their readers, keep, or kept until they were closed',
    )
    net.stats.sent++
    expect(net.discrepancy).toMatch(
      /^5 sent \+ 0 copies are not 4 delivered \+ 0 under way \+ 0 loss/,
    )
  })

  it('is too long, or its memory was transferred: it fails', async () => {
    const { net } = network()
    const [a] = hosts(net, '10.0.0.1') as [Host]
    const [four, six] = [open(a), open(a, { host: '::' })]
    const gone = Buffer.alloc(10)
    structuredClone(gone.buffer, { transfer: [gone.buffer as ArrayBuffer] })
    for (const [{ socket, failed }, host, most] of [
      [four, '127.0.0.1', 65_507],
      [six, '::1', 65_527],
    ] as const) {
      const run = [Buffer.alloc(most), Buffer.alloc(most + 1), gone]
      expect(socket.send(run.map((data) => ({ data, host, port: 9 })))).toBe(3)
      expect(failed).toEqual([
        `send EMSGSIZE: message too long ${host}:9`,
        expect.stringContaining('transferred'),
      ])
    }
  })
})

describe('the notices of a socket', () => {
  it('come once for each request, never inside it, and not after the socket is closed', async () => {
    const { net, pass } = network()
    const [a] = hosts(net, '10.0.0.1') as [Host]
    const { socket, send, got } = open(a, { port: 9 })
    const notices: string[] = []
    socket.watch('read', () => notices.push('read'))
    socket.watch('write', () => notices.push('write'))
    expect(notices).toEqual([])
    await pass()
    expect(notices).toEqual(['write'])
    send('10.0.0.1', 9)
    expect(notices).toEqual(['write'])
    await pass()
    expect(notices).toEqual(['write', 'read'])
    send('10.0.0.1', 9)
    await pass()
    expect(notices).toHaveLength(2)
    socket.watch('read', () => notices.push('read'))
    await pass()
    expect(notices).toHaveLength(3)
    expect(got()).toHaveLength(2)
    socket.watch('read', () => notices.push('read'))
    socket.watch('read', undefined)
    send('10.0.0.1', 9)
    await pass()
    socket.watch('write', () => notices.push('write'))
    socket.close()
    await pass()
    expect(notices).toHaveLength(3)
  })

  it('stop a run if the owner closes the socket when a parcel fails', () => {
    const { net } = network()
    const [a] = hosts(net, '10.0.0.1') as [Host]
    const opened = open(a, { onFailed: () => opened.socket.close() })
    const parcel = { data: Buffer.from('x'), host: '10.0.0.1' }
    expect(opened.socket.send([0, 9].map((port) => ({ ...parcel, port })))).toBe(1)
    expect(opened.stats.sent).toBe(0)
  })
})
