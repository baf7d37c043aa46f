import { type Capability, dgramTransport } from '@udpng/basic-peer'
import { UdpngError } from '@udpng/core'
import { openSockets } from 'test-support'
import { describe, expect, it } from 'vitest'
import { FakeTransport } from './fake-transport.js'
import { Probe, type ProbeOptions, refusal } from './probe.js'

/** What is said of options that a peer must not accept. */
function refused(options: object): string {
  const error = refusal(() => new Probe(options as ProbeOptions))
  expect(error).toBeInstanceOf(UdpngError)
  expect(error).toMatchObject({ code: 'BAD_OPTION', name: 'UdpngError' })
  return error.message
}

/** The options that a transport gets from a peer with these options. */
async function told(options: ProbeOptions) {
  const transport = new FakeTransport()
  const peer = new Probe({ ...options, transport })
  const run = peer.run()
  await peer.bound
  peer.control.deliver({ kind: 'shutdownMicroprocess' })
  await run
  return transport.opened[0]
}

describe('options of a Unix socket', () => {
  it('UNX-05 a path, or @name, is the address of one', async () => {
    const transport = new FakeTransport()
    const opened: unknown[] = []
    Object.assign(transport, {
      capabilities: ['unix'],
      openUnix: (options: { path: string; sendBufferSize: number }) => {
        opened.push([options.path, options.sendBufferSize])
        const { path: host } = options
        return transport.open({ ...options, host, port: 0 } as never)
      },
    })
    for (const options of [
      { localAddr: '/run/x' },
      { localAddr: '@x', receiverAddr: '/y' },
      { receiverAddr: '@y', receiverPort: 0, broadcast: false },
    ]) {
      const peer = new Probe({ ...options, transport, sendBufferSize: 7 } as ProbeOptions)
      peer.run().catch(() => {})
      await peer.bound
      peer.control.deliver({ kind: 'shutdownMicroprocess' })
    }
    expect(opened).toEqual([
      ['/run/x', 7],
      ['@x', 7],
      ['', 7],
    ])
  })

  it('UNX-05 what only IP sockets have is refused by name, and so is what is not a path', () => {
    const localAddr = '/run/x'
    const options = {
      localPort: 5,
      receiverPort: 5,
      fd: 3,
      family: 4,
      reuseAddr: true,
      reusePort: true,
      ipv6Only: true,
      recvBufferSize: 5,
      broadcast: true,
      ttl: 5,
      dscp: 5,
      ecn: 1,
      dontFragment: true,
      multicast: {},
      details: true,
    }
    for (const [name, value] of Object.entries(options)) {
      expect(refused({ localAddr, [name]: value })).toMatch(
        new RegExp(`^cannot create Probe: ${name} is .*; it must be omitted with a Unix socket$`),
      )
    }
    const most = 'localAddr is .*; it must be of at most 107 bytes, the limit of the system$'
    expect(refused({ localAddr: `/${'x'.repeat(107)}` })).toMatch(new RegExp(most))
    expect(refused({ localAddr: `@${'€'.repeat(36)}` })).toMatch(new RegExp(most))
    for (const path of ['/', '@', '/a\0'])
      expect(refused({ localAddr: path })).toContain('it must be a path, or @name')
    expect(refused({ localAddr: '127.0.0.1', receiverAddr: '/x' })).toContain(
      'localAddr is "127.0.0.1"; it must be a path, as the other address is',
    )
    expect(refused({ localAddr, receiverAddr: 'name.test' })).toContain(
      'receiverAddr is "name.test"',
    )
  })

  it('UNX-06 a transport that lacks openUnix, although it has the capability, fails its peer', async () => {
    const capabilities: Capability[] = ['unix']
    const transport = Object.assign(new FakeTransport(), { capabilities })
    await expect(new Probe({ localAddr: '/x', transport }).run()).rejects.toMatchObject({
      code: 'BIND_FAILED',
      message: expect.stringContaining('it has no method openUnix'),
      cause: { code: 'TRANSPORT_FAILED' },
    })
  })
})

describe('options', () => {
  it('ADR-01 all are optional; what is undefined was not given', async () => {
    const defaults = { family: 4, host: '0.0.0.0', port: 0 }
    expect(await told({})).toMatchObject(defaults)
    const names = ['localAddr', 'localPort', 'receiverAddr', 'receiverPort', 'family', 'ttl']
    names.push('recvBufferSize', 'multicast', 'lookup', 'reuseAddr', 'drainTimeoutMs')
    const options = Object.fromEntries(names.map((name) => [name, undefined]))
    expect(await told(options)).toMatchObject(defaults)
  })

  it("ADR-01 the original's own defaults, written out, are accepted", () => {
    new Probe({ localAddr: '0.0.0.0', localPort: 0, receiverAddr: '0.0.0.0', receiverPort: 0 })
  })

  it.each(['port', 'localaddr', 'receiver_addr', 'toString', '__proto__x', 'constructor'])(
    'ADR-01 an unknown option %s throws, and the one that is like it, or the known ones are named',
    (name) => {
      const message = refused({ [name]: 1 })
      expect(message).toContain(`cannot create Probe: unknown option "${name}"; `)
      const meant = new Map([
        ['localaddr', 'localAddr'],
        ['receiver_addr', 'receiverAddr'],
      ]).get(name)
      if (meant) expect(message).toContain(`did you mean ${meant}?`)
      else
        for (const known of ['localAddr', 'localPort', 'receiverAddr', 'receiverPort', 'multicast'])
          expect(message).toContain(known)
    },
  )

  it('ADR-01 an unknown option throws also when it is undefined, for it is a slip', () => {
    expect(refused({ localport: undefined })).toContain('unknown option "localport"')
  })

  it.each(['localPort', 'receiverPort'])(
    'ADR-02 %s must be a whole number from 0 to 65535',
    (name) => {
      const bad = [70000, 65536, -1, 80.5, NaN, Infinity, '80', '', null, true, [80], {}, 80n]
      for (const value of bad) {
        const message = refused({ [name]: value })
        expect(message).toContain(`${name} is `)
        expect(message).toContain('a whole number from 0 to 65535')
      }
      for (const port of [1, 80, 65535]) new Probe({ [name]: port })
    },
  )

  it('ADR-02 a receiverAddr without a port throws', () => {
    for (const receiverAddr of ['127.0.0.1', 'myserver.com', '0.0.0.0']) {
      expect(refused({ receiverAddr })).toContain('receiverPort is undefined')
      expect(refused({ receiverAddr, receiverPort: undefined })).toContain('receiverPort')
    }
  })

  it('ADR-02 the message shows the value as it was given, in short', () => {
    expect(refused({ localPort: '80' })).toContain('localPort is "80"')
    expect(refused({ localPort: NaN })).toContain('localPort is NaN')
    expect(refused({ localAddr: 'x y'.repeat(1e5) }).length).toBeLessThan(200)
    expect(refused({ multicast: { deep: { deeper: 'x'.repeat(1e5) } } }).length).toBeLessThan(300)
  })

  it('ADR-02 no value is changed, and the options are not written into', async () => {
    const groups = Object.freeze(['239.1.2.3'])
    const multicast = Object.freeze({ groups, interface: 'lo', ttl: 0, loopback: false })
    const options = Object.freeze({
      localAddr: '127.0.0.1',
      localPort: 65535,
      reuseAddr: false,
      reusePort: true,
      ipv6Only: false,
      recvBufferSize: 1,
      sendBufferSize: 0x7fffffff,
      broadcast: true,
      ttl: 255,
      multicast,
    })
    const { localAddr, localPort, ...socket } = options
    expect(await told(options)).toMatchObject({ ...socket, host: localAddr, port: localPort })
  })

  it('ADR-02 what is checked is what is used: options that change later change nothing', async () => {
    const transport = new FakeTransport()
    const options = { localPort: 1501, transport }
    const peer = new Probe(options)
    options.localPort = -1
    const run = peer.run()
    expect((await peer.bound)[1]).toBe(1501)
    peer.control.deliver({ kind: 'shutdownMicroprocess' })
    await run
  })

  it.each(['256.1.1.1', '127.0.0.1 ', '[::1]', '', '127.1', '0x7f.0.0.1', '2130706433'])(
    'ADR-04 the malformed address %j throws, and is not looked up',
    (host) => {
      const lookup = (): never => {
        throw new Error('looked up')
      }
      expect(refused({ localAddr: host, lookup })).toContain('localAddr is ')
      expect(refused({ receiverAddr: host, receiverPort: 9, lookup })).toContain('receiverAddr is ')
    },
  )

  it.each([null, 1, true, ['127.0.0.1'], { host: '127.0.0.1' }])(
    'ADR-04 %o is not an address',
    (value) => {
      expect(refused({ localAddr: value })).toContain('localAddr is ')
      expect(refused({ receiverAddr: value, receiverPort: 9 })).toContain('receiverAddr is ')
    },
  )

  it('ADR-04 a receiver may be a name, which is not looked up yet; what is bound to may not', () => {
    const lookup = (): never => {
      throw new Error('looked up')
    }
    new Probe({ receiverAddr: 'myserver.com', receiverPort: 1500, lookup })
    expect(refused({ localAddr: 'myserver.com' })).toContain('an IP address')
  })

  it('ADR-05 family follows from the literal addresses', async () => {
    expect(await told({ localAddr: '127.0.0.1' })).toMatchObject({ family: 4 })
    expect(await told({ localAddr: '::1' })).toMatchObject({ family: 6, host: '::1' })
    const six = { family: 6, host: '::' }
    expect(await told({ receiverAddr: '::1', receiverPort: 9 })).toMatchObject(six)
    expect(await told({ multicast: { groups: ['ff02::1'] } })).toMatchObject(six)
    expect(await told({ receiverAddr: 'name.example', receiverPort: 9 })).toMatchObject({
      family: 4,
    })
    expect(await told({ family: 6 })).toMatchObject(six)
    const mapped = { localAddr: '::', receiverAddr: '::ffff:127.0.0.1', receiverPort: 9 }
    expect(await told(mapped)).toMatchObject(six)
  })

  it('ADR-05 a literal of the other family throws', () => {
    const receiverPort = 9
    for (const options of [
      { family: 4, localAddr: '::1' },
      { family: 6, localAddr: '127.0.0.1' },
      { family: 4, receiverAddr: '::1', receiverPort },
      { localAddr: '127.0.0.1', receiverAddr: '::1', receiverPort },
      { localAddr: '::1', receiverAddr: '127.0.0.1', receiverPort },
      { localAddr: '127.0.0.1', multicast: { groups: ['ff02::1'] } },
      { family: 6, multicast: { groups: ['239.1.2.3'] } },
      { multicast: { groups: ['ff02::1', '239.1.2.3'] } },
    ])
      expect(refused(options)).toMatch(
        /^cannot create Probe: (localAddr|receiverAddr|multicast\.groups) is ".*"; it must be of IPv[46], as the other options are$/,
      )
    for (const family of [0, 5, '4', 'udp4', null])
      expect(refused({ family })).toContain('it must be 4 or 6')
  })

  it.each(['reuseAddr', 'reusePort', 'ipv6Only', 'broadcast'])(
    'ADR-08 %s is true or false, and nothing else',
    async (name) => {
      for (const value of [true, false])
        expect(await told({ [name]: value })).toHaveProperty(name, value)
      for (const value of [0, 1, 'true', null, {}])
        expect(refused({ [name]: value })).toContain(`${name} is `)
    },
  )

  it.each([
    ['ttl', 1, 255],
    ['dscp', 0, 63],
    ['ecn', 0, 3],
    ['recvBufferSize', 1, 0x7fffffff],
    ['sendBufferSize', 1, 0x7fffffff],
    ['lookupTtlMs', 0, 0x7fffffff],
    ['drainTimeoutMs', 0, 0x7fffffff],
    ['lingerMs', 0, 0x7fffffff],
  ])('ADR-08 %s is a whole number from %i to %i', (name, least, most) => {
    for (const value of [least, most]) new Probe({ [name]: value })
    for (const value of [least - 1, most + 1, least + 0.5, NaN, Infinity, `${least}`, null])
      expect(refused({ [name]: value })).toMatch(
        new RegExp(`a whole number( of \\w+)? from ${least} to ${most}$`),
      )
  })

  it('ADR-08 onProducerFinished is one of two words', () => {
    for (const onProducerFinished of ['ignore', 'drain'] as const) new Probe({ onProducerFinished })
    for (const onProducerFinished of ['stop', '', null, true])
      expect(refused({ onProducerFinished })).toContain('"ignore" or "drain"')
  })

  it('ADR-08 lookup is a function', () => {
    for (const lookup of ['dns', {}, null])
      expect(refused({ lookup })).toContain('a function like dns.lookup')
  })

  it('MUL-03 ttl outside 0-255 throws', () => {
    for (const ttl of [0, 1, 255]) new Probe({ multicast: { ttl } })
    for (const ttl of [-1, 256, 1.5, NaN, '1', null])
      expect(refused({ multicast: { ttl } })).toContain('with multicast: ttl is ')
  })

  it('BND-10 a descriptor is a whole number, without an address to bind to', () => {
    for (const fd of [0, 3, 0x7fffffff]) new Probe({ fd })
    new Probe({ fd: 3, family: 6 })
    for (const fd of [-1, 0.5, 0x80000000, NaN, '3', null])
      expect(refused({ fd })).toContain('a whole number from 0 to 2147483647')
    for (const local of [{ localAddr: '127.0.0.1' }, { localPort: 0 }])
      expect(refused({ fd: 3, ...local })).toContain(
        'fd is 3; it must be given without localAddr and localPort',
      )
  })

  it('MUL-06 a membership at bind, or of an open peer, is checked as an option is', () => {
    const group = '239.1.2.3'
    new Probe({
      multicast: { groups: [{ group, interface: 'lo', source: '192.0.2.1', wait: true }] },
    })
    const bad: [object, string][] = [
      [{}, 'group is undefined; it must be a multicast address'],
      [{ group: '127.0.0.1' }, 'group is "127.0.0.1"'],
      [{ group, source: group }, 'source is "239.1.2.3"; it must be a unicast IP address'],
      [{ group, source: 'host.example' }, 'source is "host.example"'],
      [{ group, interface: 7 }, 'interface is 7'],
      [{ group, wait: 1 }, 'wait is 1'],
      [{ group, sources: [] }, 'unknown option "sources"; did you mean source?'],
    ]
    const unbound = new Probe({ family: 4 })
    for (const [membership, message] of bad) {
      const groups = [group, membership as never]
      expect(refused({ multicast: { groups } })).toContain(message)
      for (const call of ['join', 'leave'] as const)
        expect(refusal(() => unbound[call](membership as never))).toMatchObject({
          code: 'BAD_OPTION',
          message: expect.stringContaining(message),
        })
    }
  })

  it('ADR-05 a membership is of the family of the socket', () => {
    const group = '239.1.2.3'
    const source = '2001:db8::1'
    const mixed = 'of IPv4, as the other options are'
    expect(refused({ multicast: { groups: [{ group, source }] } })).toContain(mixed)
    expect(refused({ multicast: { groups: [group, { group: 'ff02::1' }] } })).toContain(mixed)
    const unbound = new Probe({ family: 4 })
    for (const membership of ['ff02::1', { group, source }])
      expect(refusal(() => unbound.join(membership))).toMatchObject({
        code: 'BAD_OPTION',
        message: expect.stringContaining('an IPv4 address, because the socket is IPv4'),
      })
  })

  it('MUL-03 multicast is an object, not a list', () => {
    for (const multicast of [[], ['239.1.2.3'], [{ groups: ['239.1.2.3'] }], null, 'lo'])
      expect(refused({ multicast })).toContain('multicast is ')
  })

  it('MUL-03 a group that is not a multicast address throws', () => {
    const groups = ['224.0.0.0', '239.255.255.255']
    new Probe({ multicast: { groups } })
    new Probe({ multicast: { groups: ['ff02::1', 'FF0E::4242'] } })
    const bad = ['223.255.255.255', '240.0.0.0', '127.0.0.1', '255.255.255.255', '0.0.0.0']
    bad.push(
      'ff::1',
      'f::1',
      'fff:1::1',
      '::1',
      'fe80::1',
      'fe00::',
      'group.example',
      '239.1.2',
      '239.1.2.3 ',
      '',
    )
    for (const group of [...bad, null, 7])
      expect(refused({ multicast: { groups: [...groups, group] } })).toContain(
        'with multicast: groups is ',
      )
    for (const group of ['239.1.2.3', null, { 0: '239.1.2.3' }])
      expect(refused({ multicast: { groups: group } })).toContain('with multicast: groups is ')
  })

  it('MUL-03 a group with a scope throws: which interface, `interface` says', () => {
    expect(refused({ multicast: { groups: ['ff02::1%eth0'] } })).toContain(
      'with multicast: groups is ',
    )
  })

  it('MUL-03 the other multicast options are checked too', () => {
    for (const loopback of [0, 'true', null])
      expect(refused({ multicast: { loopback } })).toContain('with multicast: loopback is ')
    for (const value of [7, null, ['lo']])
      expect(refused({ multicast: { interface: value } })).toContain(
        'with multicast: interface is ',
      )
    expect(refused({ multicast: { group: '239.1.2.3' } })).toContain(
      'with multicast: unknown option "group"; did you mean groups?',
    )
    for (const multicast of [null, '239.1.2.3', true, 7])
      expect(refused({ multicast })).toContain('multicast is ')
  })

  it('MUL-03 groups with holes, and what throws when it is looked at, are refused like anything else', () => {
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    expect(refused({ multicast: proxy })).toContain('multicast is ')
    expect(refused({ multicast: { groups: proxy } })).toContain('with multicast: groups is ')
    expect(refused({ multicast: { groups: new Array(1) } })).toContain('with multicast: groups is ')
  })

  it('ADR-02 a refused option throws before any socket is opened', () => {
    const before = openSockets()
    refused({ transport: dgramTransport, localPort: -1 })
    expect(openSockets()).toBe(before)
  })

  it('ADR-02 a value that is not an object of options, such as the positional arguments of the original, throws', () => {
    refused('127.0.0.1' as never)
    refused([1501])
  })
})

describe('the name of a peer', () => {
  it.each(['', 7, null, {}])('is refused as %o', (name) => {
    expect(refusal(() => new Probe({ name } as never))).toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining('it must be a string that is not empty'),
    })
  })

  it('is the one that it is given', () => {
    expect(new Probe({ name: 'METRICS' }).name).toBe('METRICS')
  })
})
