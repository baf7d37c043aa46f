import { networkInterfaces } from 'node:os'
import { InterfaceWatch, noStats, type OpenOptions } from '@udpng/basic-peer'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Addon, Handle } from '../src/addon.js'
import { SocketOptions } from '../src/socket-options.js'

const INDEX = 7
const loopback = Object.entries(networkInterfaces()).find(([, all]) =>
  all?.some(({ address }) => address === '127.0.0.1'),
)?.[0] as string

const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((at) => at?.address === '::1')

/** What the kernel is asked for, in order: "level option bytes". */
function asked(options: Partial<OpenOptions>, kernel: Partial<Addon> = {}) {
  const calls: string[] = []
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  const addon: Partial<Addon> = {
    setOption: (_, level, option, bytes) => {
      calls.push(`${level} ${option} ${hex(bytes)}`)
      return 0
    },
    // struct sockaddr_in6, of which only what is looked at is filled
    pack(host, port, names, at) {
      const name = Buffer.from(names.buffer, names.byteOffset + at * 28, 28)
      name.writeUInt16BE(port, 2)
      if (host.includes('.')) name.set(host.split('.').map(Number), 4)
      if (host.startsWith('fe80::%')) name.writeInt32LE(INDEX, 24)
      return true
    },
    bind: () => {
      calls.push('bind')
      return 0
    },
    nameOf: (_, name) => Buffer.from(name.buffer, name.byteOffset).writeUInt16BE(4321, 2),
    hostOf: () => '127.0.0.9',
    ...kernel,
  }
  const watch = new InterfaceWatch()
  const settings = new SocketOptions({ addon: addon as Addon, watch }, {} as Handle, {
    family: 4,
    host: '127.0.0.9',
    port: 0,
    receive: true,
    stats: noStats(),
    onFailed: () => {},
    onSettled: () => {},
    ...options,
  })
  const address = settings.apply()
  onTestFinished(() => settings.close())
  return { settings, calls, address }
}

const ON = '01000000'
const OFF = '00000000'
/** IP_RECVERR, IPV6_RECVERR. */
const [ERRORS, ERRORS6] = [`0 11 ${ON}`, `41 25 ${ON}`]
/** IP_MULTICAST_ALL, IPV6_MULTICAST_ALL. */
const [OWN, OWN6] = [`0 49 ${OFF}`, `41 29 ${OFF}`]

describe('what the kernel is asked for', () => {
  it('is, for an IPv4 socket without options, to report ICMP errors, and only groups of its own; then the address is bound', () => {
    const { calls, address } = asked({})
    expect(calls).toEqual([ERRORS, OWN, 'bind'])
    expect(address).toEqual(['127.0.0.9', 4321])
  })

  it('is, for an IPv6 socket, the same for both families, and dual stack or not', () => {
    expect(asked({ family: 6, host: '::' }).calls).toEqual([
      ERRORS,
      OWN,
      `41 26 ${OFF}`,
      ERRORS6,
      OWN6,
      'bind',
    ])
    expect(asked({ family: 6, ipv6Only: true }).calls).toContain(`41 26 ${ON}`)
  })

  it.each<[string, Partial<OpenOptions>, string]>([
    ['SO_REUSEADDR', { reuseAddr: true }, `1 2 ${ON}`],
    ['SO_REUSEPORT', { reusePort: true }, `1 15 ${ON}`],
    ['SO_BROADCAST', { broadcast: true }, `1 6 ${ON}`],
    ['SO_RCVBUF', { recvBufferSize: 0x12345 }, '1 8 45230100'],
    ['SO_SNDBUF', { sendBufferSize: 0x12345 }, '1 7 45230100'],
    ['IP_TTL', { ttl: 3 }, '0 2 03000000'],
    ['IP_TOS', { dscp: 46 }, '0 1 b8000000'],
    ['IP_TOS', { ecn: 1 }, '0 1 01000000'],
    ['IP_TOS', { dscp: 63, ecn: 3 }, '0 1 ff000000'],
    ['IP_MTU_DISCOVER, do', { dontFragment: true }, '0 10 02000000'],
    ['IP_MTU_DISCOVER, want', { dontFragment: false }, '0 10 01000000'],
    ['IP_MULTICAST_TTL', { multicast: { ttl: 0 } }, `0 33 ${OFF}`],
    ['IPV6_MULTICAST_HOPS', { family: 6, multicast: { ttl: 2 } }, '41 18 02000000'],
    ['IP_MULTICAST_LOOP', { multicast: { loopback: false } }, `0 34 ${OFF}`],
    ['IP_MULTICAST_LOOP', { multicast: { loopback: true } }, `0 34 ${ON}`],
    ['IPV6_MULTICAST_LOOP', { family: 6, multicast: { loopback: true } }, `41 19 ${ON}`],
    [
      'IP_MULTICAST_IF with the address and the index',
      { multicast: { interface: '127.0.0.1' } },
      '0 32 000000007f00000107000000',
    ],
    [
      'IP_MULTICAST_IF with the first address of a name',
      { multicast: { interface: loopback } },
      '0 32 000000007f00000107000000',
    ],
  ])('is %s before the bind', (_, options, call) => {
    const { calls } = asked(options)
    expect(calls).toContain(call)
    expect(calls.at(-1)).toBe('bind')
    expect(calls).toHaveLength(asked({ family: options.family ?? 4 }).calls.length + 1)
  })

  it.each<[string, Partial<OpenOptions>, string[]]>([
    ['IPV6_UNICAST_HOPS and IP_TTL', { ttl: 3 }, ['41 16 03000000', '0 2 03000000']],
    ['IPV6_TCLASS and IP_TOS', { dscp: 46 }, ['41 67 b8000000', '0 1 b8000000']],
    [
      'IPV6_MTU_DISCOVER and IP_MTU_DISCOVER',
      { dontFragment: true },
      ['41 23 02000000', '0 10 02000000'],
    ],
  ])('is %s for a socket of IPv6, which sends IPv4, too', (_, options, both) => {
    const { calls } = asked({ family: 6, ...options })
    expect(calls.slice(-3)).toEqual([...both, 'bind'])
  })

  it('keeps DSCP if ECN changes, and the other way round', () => {
    const { settings, calls } = asked({ dscp: 46 })
    settings.change({ ecn: 2 })
    expect(calls.at(-1)).toBe('0 1 ba000000')
    settings.change({ dscp: 0 })
    expect(calls.at(-1)).toBe('0 1 02000000')
  })

  it.each<[string, Partial<OpenOptions>, string]>([
    [
      'MCAST_JOIN_GROUP on an interface of the system',
      { multicast: { groups: ['224.1.2.3'] } },
      `0 42 ${OFF}${'00'.repeat(8)}e0010203`,
    ],
    [
      'MCAST_JOIN_GROUP of IPv6',
      { family: 6, multicast: { groups: ['ff02::1'] } },
      `41 42 ${OFF}${'00'.repeat(8)}${OFF}`,
    ],
  ])('is %s after the bind', (_, options, call) => {
    const { calls } = asked(options)
    expect(calls.at(-2)).toBe('bind')
    expect(calls.at(-1)?.slice(0, call.length)).toBe(call)
  })

  it.skipIf(!hasIPv6)('is IPV6_MULTICAST_IF with the index alone', () => {
    const { calls } = asked({ family: 6, multicast: { interface: '::1' } })
    expect(calls).toContain('41 17 07000000')
  })

  it('is a join on the interface that was named, for each group', () => {
    const multicast = { interface: loopback, groups: ['224.1.2.3', '224.1.2.4'] }
    const joins = asked({ multicast }).calls.filter((call) => call.startsWith('0 42 '))
    expect(joins).toEqual(
      ['e0010203', 'e0010204'].map((group) =>
        expect.stringMatching(new RegExp(`^0 42 07000000${'00'.repeat(8)}${group}0+$`)),
      ),
    )
    expect(joins[0]).toHaveLength('0 42 '.length + 2 * 136)
  })
})

describe('what the kernel is asked for later', () => {
  const group = '224.1.2.3'
  const named = `07000000${'00'.repeat(8)}e0010203`
  const source = '192.0.2.1'

  it.each([
    ['MCAST_LEAVE_GROUP', { group, interface: loopback }, 'leave', `0 45 ${named}`, 136],
    ['MCAST_JOIN_SOURCE_GROUP', { group, source }, 'join', '0 46 00000000', 264],
    ['MCAST_LEAVE_SOURCE_GROUP', { group, source }, 'leave', '0 47 00000000', 264],
  ] as const)('is %s', (_, membership, method, call, bytes) => {
    const { settings, calls } = asked({})
    settings.join(membership)
    if (method === 'leave') settings.leave(membership)
    const last = calls.at(-1) as string
    expect(last.slice(0, call.length)).toBe(call)
    expect(last).toHaveLength('0 45 '.length + 2 * bytes)
    // The source is in a sockaddr_storage of its own, after that of the group.
    if ('source' in membership)
      expect(last.slice(5 + 2 * (8 + 128 + 4), 5 + 2 * 144)).toBe('c0000201')
  })

  it('is each option that is given, and no other', () => {
    const { settings, calls } = asked({})
    const before = calls.length
    settings.change({ broadcast: false, ttl: 9, multicast: { loopback: true, ttl: 4 } })
    expect(calls.slice(before)).toEqual([
      `1 6 ${OFF}`,
      '0 2 09000000',
      '0 33 04000000',
      `0 34 ${ON}`,
    ])
    settings.change({})
    expect(calls).toHaveLength(before + 4)
  })

  it('is a join on the interface for sending, if the membership names none', () => {
    const { settings, calls } = asked({})
    settings.change({ multicast: { interface: loopback } })
    settings.join({ group })
    expect(calls.at(-1)?.slice(0, 5 + named.length)).toBe(`0 42 ${named}`)
  })
})

describe('what the kernel refuses', () => {
  it('is thrown with the system call', () => {
    expect(() => asked({}, { setOption: () => -1 })).toThrow(
      expect.objectContaining({
        message: 'setsockopt EPERM',
        code: 'EPERM',
        syscall: 'setsockopt',
      }),
    )
    const noJoin: Addon['setOption'] = (_, _level, option) => (option === 42 ? -19 : 0)
    expect(() => asked({ multicast: { groups: ['224.1.2.3'] } }, { setOption: noJoin })).toThrow(
      expect.objectContaining({ code: 'ENODEV', syscall: 'addMembership' }),
    )
    expect(() => asked({ port: 53 }, { bind: () => -13 })).toThrow(
      expect.objectContaining({
        message: 'bind EACCES 127.0.0.9:53',
        code: 'EACCES',
        errno: -13,
        syscall: 'bind',
        address: '127.0.0.9',
        port: 53,
      }),
    )
  })

  it('includes an unknown interface: the error names it', () => {
    const options = { family: 6, host: 'fe80::1%none' } as const
    expect(() => asked(options, { pack: () => false })).toThrow('there is no interface none')
    expect(() => asked({ multicast: { interface: 'none' } })).toThrow('no interface none')
  })
})

describe('the size of the receive buffer', () => {
  it('is half of the value of the kernel, which is doubled; undefined if the kernel does not report it', () => {
    const reply: Addon['getOption'] = (_, level, option, bytes) => {
      expect([level, option]).toEqual([1, 8])
      Buffer.from(bytes.buffer, bytes.byteOffset).writeInt32LE(8192)
      return 4
    }
    expect(asked({}, { getOption: reply }).settings.recvBufferSize).toBe(4096)
    expect(asked({}, { getOption: () => -92 }).settings.recvBufferSize).toBeUndefined()
  })
})
