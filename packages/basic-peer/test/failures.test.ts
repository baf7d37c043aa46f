import type { OpenOptions, Parcel } from '@udpng/basic-peer'
import { Inbox, link, Scheduler, type UdpngError } from '@udpng/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bindFailure } from '../src/failures.js'
import { objectionTo } from '../src/objection-to.js'
import { detailsOf } from '../src/system-error.js'
import { FakeTransport } from './fake-transport.js'
import { Probe } from './probe.js'

describe('the details of what was thrown', () => {
  it('are its code, its system call and its message, if they are text', () => {
    const error = Object.assign(new Error('bind EPERM'), { code: 'EPERM', syscall: 'bind' })
    expect(detailsOf(error)).toEqual({ code: 'EPERM', syscall: 'bind', message: 'bind EPERM' })
    expect(detailsOf({ code: 7, syscall: null, message: Symbol('x') })).toMatchObject({
      code: undefined,
      syscall: undefined,
      message: expect.stringMatching(/ was thrown$/),
    })
    expect(detailsOf('odd')).toEqual({
      code: undefined,
      syscall: undefined,
      message: '"odd" was thrown',
    })
    expect(detailsOf(undefined).message).toBe('undefined was thrown')
  })

  it('are none if its own code throws', () => {
    const hostile = {
      get code() {
        throw new Error('hostile')
      },
    }
    expect(detailsOf(hostile)).toEqual({
      code: undefined,
      syscall: undefined,
      message: expect.stringMatching(/ was thrown$/),
    })
  })
})

describe('the reason why a bind failed', () => {
  const reason = (code: string, port = 9, place = {}, syscall = 'bind') =>
    bindFailure(
      { host: '127.0.0.1', port, ...place },
      Object.assign(new Error(`${syscall} ${code}`), { code, syscall }),
    ).message

  it.each([
    ['EADDRNOTAVAIL', 'it is not an address of this machine'],
    ['EINVAL', 'a link-local address needs its scope, as in fe80::1%eth0'],
    ['EADDRINUSE', 'it is already in use; choose another port, or 0 for any free one'],
    ['EACCES', 'a port below 1024 needs root or CAP_NET_BIND_SERVICE'],
    ['EMFILE', 'too many open files; raise `ulimit -n`'],
    ['EAFNOSUPPORT', 'this machine has no IPv6; use IPv4 addresses'],
    ['ENOMEM', 'bind ENOMEM'],
  ])('BND-02 is, for %s: %s', (code, advice) => {
    expect(reason(code)).toBe(`cannot bind 127.0.0.1:9: ${advice}`)
  })

  it('BND-02 is, for any free port, that there is none', () => {
    expect(reason('EADDRINUSE', 0)).toBe(
      'cannot bind 127.0.0.1:0: all local ports are in use; close sockets, or widen net.ipv4.ip_local_port_range',
    )
  })

  it.each([
    ['EACCES', 'set broadcast: true to connect to a broadcast address'],
    ['ENETUNREACH', 'this machine has no route to that address'],
    ['EADDRINUSE', 'connect EADDRINUSE'],
  ])('PER-22 is, for %s of connect: %s', (code, advice) => {
    const peer = ['::1', 53]
    const text = `cannot connect 127.0.0.1:9 to [::1]:53: ${advice}`
    expect(reason(code, 9, { peer }, 'connect')).toBe(text)
    expect(reason(code, 9, { peer, fd: 3 }, 'connect')).toBe(text)
    expect(reason(code, 9, { peer })).toContain('cannot bind 127.0.0.1:9: ')
  })

  it.each([
    ['EBADF', 'it is not open; check that the parent process passes it'],
    ['ENOTSOCK', 'it is not a socket'],
    ['EPROTOTYPE', 'it is not a UDP socket'],
    [
      'EAFNOSUPPORT',
      'it has another address family; set family: 6 for an IPv6 socket, or 4 for IPv4',
    ],
    ['ERR_INVALID_FD_TYPE', 'it is not an open UDP socket'],
    ['EEXIST', 'this process already uses it'],
    ['EACCES', 'open EACCES'],
  ])('BND-10 is, for %s of a descriptor: %s', (code, advice) => {
    expect(reason(code, 0, { fd: 3 }, 'open')).toBe(`cannot take over descriptor 3: ${advice}`)
  })

  it('BND-02 is what was thrown, if that is not an error', () => {
    expect(bindFailure({ host: '::1', port: 9 }, 'odd')).toMatchObject({
      message: 'cannot bind [::1]:9: "odd" was thrown',
      cause: 'odd',
      address: '::1',
      port: 9,
      syscall: undefined,
    })
  })
})

describe('what cannot be a datagram', () => {
  const transferred = Buffer.alloc(4)
  structuredClone(transferred.buffer, { transfer: [transferred.buffer as ArrayBuffer] })

  it.each<[unknown, unknown, string, RegExp]>([
    [7, 9, 'BAD_MESSAGE', /^data is 7; it must be text or a Uint8Array$/],
    [Buffer.alloc(65_508), 9, 'TOO_LARGE', /^65508 bytes are more than 65507$/],
    [transferred, 9, 'BAD_MESSAGE', /^the memory of its data was transferred; send a copy$/],
    [Buffer.alloc(0), 0, 'BAD_ADDRESS', /^the port must be a whole number from 1 to 65535$/],
    [Buffer.alloc(1), 65_536, 'BAD_ADDRESS', /^the port must be/],
  ])('is %o to port %o: %s', (data, port, code, why) => {
    expect(objectionTo(data, port, { family: 4, unix: false })).toEqual({
      code,
      why: expect.stringMatching(why),
    })
  })

  it('is nothing else', () => {
    for (const [data, family] of [
      [Buffer.alloc(0), 4],
      [new Uint8Array(65_507), 4],
      [Buffer.alloc(65_508), 6],
      [Buffer.alloc(65_527), 6],
    ] as const)
      for (const port of [1, 65_535])
        expect(objectionTo(data, port, { family, unix: false })).toBeUndefined()
  })
})

describe('a parcel that the transport could not send', () => {
  it.each([
    ['EMSGSIZE', 'TOO_LARGE', 'EMSGSIZE'],
    ['EPERM', 'SEND_FAILED', 'EPERM'],
    [undefined, 'SEND_FAILED', 'SEND_FAILED'],
  ])('with %s is reported as %s, and counted as failed by %s', (code, reported, reason) => {
    const { options, peer, reports } = open()
    const cause = Object.assign(new Error(`send ${code}`), code && { code, syscall: 'send' })
    options.onFailed(parcel, cause)
    expect(peer.stats.failed).toEqual({ [reason]: 1 })
    expect([...reports]).toEqual([
      expect.objectContaining({
        code: reported,
        message: `cannot send 5 bytes to 192.0.2.1:9: send ${code}`,
        address: '192.0.2.1',
        port: 9,
        syscall: code && 'send',
        cause,
        component: peer.name,
      }),
    ])
  })

  it('because the socket was closed is unsent, and no failure', () => {
    const { options, peer, reports } = open()
    options.onFailed(parcel, Object.assign(new Error('closed'), { code: 'ECANCELED' }))
    expect(peer.stats).toMatchObject({ failed: {}, dropped: { unsent: 1 } })
    expect([...reports]).toEqual([])
  })

  it.each([
    ['ECONNREFUSED', 'no program listens on that port'],
    ['EHOSTUNREACH', 'recvmsg EHOSTUNREACH'],
  ])('which the network refused with %s is reported: %s', (code, why) => {
    const { options, reports } = open()
    const cause = Object.assign(new Error(`recvmsg ${code}`), { code })
    options.onRefused?.(['192.0.2.1', 9], cause)
    expect([...reports]).toEqual([
      expect.objectContaining({
        code: 'REFUSED',
        message: `192.0.2.1:9 refused a datagram: ${why}`,
        address: '192.0.2.1',
        port: 9,
        cause,
      }),
    ])
  })

  const parcel: Parcel = { data: Buffer.from('hello'), host: '192.0.2.1', port: 9 }

  function open() {
    const transport = new FakeTransport()
    const peer = new Probe({ transport })
    const reports = new Inbox<UdpngError>('Reports')
    link(peer.errors, reports)
    const scheduler = new Scheduler()
    onTestFinished(() => scheduler.stop())
    scheduler.activate(peer)
    scheduler.step()
    return { peer, reports, options: transport.opened[0] as OpenOptions }
  }
})
