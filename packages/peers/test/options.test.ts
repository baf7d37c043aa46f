import { LOCAL, RECEIVER } from '@udpng/basic-peer'
import { UdpngError } from '@udpng/core'
import { PostboxPeer, SimplePeer, TargettedPeer, UDPReceiver, UDPSender } from '@udpng/peers'
import { describe, expect, expectTypeOf, it } from 'vitest'

const peers = { SimplePeer, TargettedPeer, PostboxPeer, UDPReceiver, UDPSender }
type Name = keyof typeof peers

const local = [
  'localAddr',
  'localPort',
  'onProducerFinished',
  'lingerMs',
  'recvBufferSize',
  'multicast',
]
const receiver = ['receiverAddr', 'receiverPort']
const own: Record<Name, string[]> = {
  SimplePeer: [...local, ...receiver],
  TargettedPeer: [...local, ...receiver],
  PostboxPeer: local,
  UDPReceiver: local,
  UDPSender: ['localAddr', 'localPort', 'multicast', ...receiver],
}
const valid: Record<string, unknown> = {
  localAddr: '127.0.0.1',
  localPort: 1501,
  receiverAddr: '0.0.0.0',
  receiverPort: 0,
  onProducerFinished: 'ignore',
  lingerMs: 0,
  family: 4,
  lookup: () => {},
  lookupTtlMs: 0,
  drainTimeoutMs: 0,
  transport: 'auto',
  reuseAddr: false,
  reusePort: false,
  ipv6Only: false,
  recvBufferSize: 1,
  sendBufferSize: 1,
  broadcast: false,
  ttl: 1,
  multicast: {},
}
const common = Object.keys(valid).filter((name) => ![...local, ...receiver].includes(name))

function make(name: Name, options?: object): unknown {
  return Reflect.construct(peers[name], options ? [options] : [])
}

function refused(name: Name, options: object): string {
  try {
    make(name, options)
  } catch (error) {
    expect(error).toBeInstanceOf(UdpngError)
    expect(error).toMatchObject({ code: 'BAD_OPTION' })
    return (error as UdpngError).message
  }
  throw new Error(`${name} accepts ${JSON.stringify(options)}`)
}

describe.each(Object.keys(peers) as Name[])('options of %s', (name) => {
  it('ADR-01 all are optional', () => {
    make(name)
    make(name, {})
    make(name, Object.fromEntries([...common, ...own[name]].map((option) => [option, undefined])))
  })

  it('ADR-01 it has the common ones and its own, by their names', () => {
    make(name, Object.fromEntries([...common, ...own[name]].map((key) => [key, valid[key]])))
  })

  it('ADR-01 it has no others: they throw, and the message names the one that was meant, or those there are', () => {
    const others = [...local, ...receiver].filter((option) => !own[name].includes(option))
    for (const option of [...others, 'receiver_addr', 'localaddr', 'port', 'host', 'address']) {
      const message = refused(name, { [option]: valid[option] })
      expect(message).toContain(`cannot create ${name}: unknown option "${option}"; `)
      if (!message.includes('did you mean '))
        for (const known of own[name]) expect(message).toContain(known)
    }
  })

  it('ADR-02 all are checked in the constructor', () => {
    for (const option of [...common, ...own[name]])
      for (const value of [null, Symbol(option), Number.NaN])
        expect(refused(name, { [option]: value })).toContain(`${option} is `)
  })

  it.each([1501, null, '127.0.0.1', true, ['127.0.0.1', 1501]])(
    'ADR-02 %o is not an object of options: the peers of old took their arguments by position',
    (options) => {
      expect(() => Reflect.construct(peers[name], [options, 1501])).toThrow(
        expect.objectContaining({ code: 'BAD_OPTION' }),
      )
    },
  )

  it.each([70000, -1, 80.5, Number.NaN, '80', null])('ADR-02 %o is not a port', (port) => {
    for (const option of own[name].filter((option) => option.endsWith('Port')))
      expect(refused(name, { [option]: port })).toContain('a whole number from 0 to 65535')
  })
})

describe('options of the peers with a receiver', () => {
  it.each(['SimplePeer', 'TargettedPeer', 'UDPSender'] as const)(
    'ADR-02 %s: a receiverAddr without a port throws',
    (name) => {
      expect(refused(name, { receiverAddr: 'myserver.com' })).toContain('receiverPort')
    },
  )
})

describe('types of the options', () => {
  it('ADR-01 each peer takes those it has, and only those', () => {
    expectTypeOf(UDPSender).toBeConstructibleWith({ receiverAddr: 'myserver.com', receiverPort: 9 })
    expectTypeOf(UDPReceiver).toBeConstructibleWith({ localAddr: '127.0.0.1', localPort: 9 })
    expectTypeOf(UDPSender).toBeConstructibleWith({ receiverPort: 9, localPort: 9 })
    // @ts-expect-error it joins no group
    expect(() => new UDPSender({ receiverPort: 9, multicast: { groups: ['224.0.0.1'] } })).toThrow()
    // @ts-expect-error it never sends
    expect(() => new UDPReceiver({ receiverPort: 9 })).toThrow()
    // @ts-expect-error each letter says where it goes
    expect(() => new PostboxPeer({ receiverPort: 9 })).toThrow()
    // @ts-expect-error a port is a number
    expect(() => new SimplePeer({ localPort: '9' })).toThrow()
    // @ts-expect-error options have names here
    expect(() => new TargettedPeer('127.0.0.1', 1501)).toThrow()
  })

  it('TYP-05 a receiver has a port: a receiverAddr alone does not compile, nor does a UDPSender without receiverPort', () => {
    // @ts-expect-error the port is missing
    expect(() => new UDPSender({ receiverAddr: 'myserver.com' })).toThrow('receiverPort')
    // @ts-expect-error the port is missing
    expect(() => new SimplePeer({ receiverAddr: 'myserver.com' })).toThrow('receiverPort')
    // @ts-expect-error the port is missing
    expect(() => new TargettedPeer({ receiverAddr: 'myserver.com' })).toThrow('receiverPort')
    // @ts-expect-error it could send nothing
    expect(() => new UDPSender({})).not.toThrow()
    // @ts-expect-error it could send nothing
    expect(() => new UDPSender()).not.toThrow()
    const receiverAddr: string | undefined = undefined as string | undefined
    const more = receiverAddr === undefined ? {} : { receiverAddr }
    expect(new SimplePeer({ receiverPort: 9 })).toBeInstanceOf(SimplePeer)
    expect(new SimplePeer({ receiverPort: 9, ...more })).toBeInstanceOf(SimplePeer)
    expect(new TargettedPeer({ localPort: 0 })).toBeInstanceOf(TargettedPeer)
  })

  it('UNX-05 the path of a Unix socket needs no port, and is not connected to', () => {
    const receiverAddr = '/run/x'
    expect(new UDPSender({ receiverAddr })).toBeInstanceOf(UDPSender)
    expect(new SimplePeer({ receiverAddr: '@x' })).toBeInstanceOf(SimplePeer)
    for (const make of [SimplePeer, UDPSender])
      expect(() => new make({ receiverAddr, connected: true })).toThrow(
        `cannot create ${make.name}: connected is true; it must be omitted with a Unix socket`,
      )
  })

  it('ADR-01 the rules for custom peers are those of the five', () => {
    expect(Object.keys(LOCAL)).toEqual(expect.arrayContaining(local))
    expect(Object.keys(RECEIVER)).toEqual(receiver)
  })
})
