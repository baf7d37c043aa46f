import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { both, bound, open, texts } from './tools.js'

describe.each(both)('messages: %s', (_, dgram) => {
  it.each([
    ['udp4', 'IPv4', '127.0.0.1'],
    ['udp6', 'IPv6', '::1'],
  ] as const)('DGR-02 a message comes with its sender: %s', async (type, family, address) => {
    const [receiver, to] = await bound(dgram, type)
    const [sender, port] = await bound(dgram, type)
    const message = once(receiver, 'message')
    sender.send('hello', to, address)
    const [data, from] = (await message) as [Buffer, unknown]
    expect(data).toEqual(Buffer.from('hello'))
    expect(from).toEqual({ address, family, port, size: 5 })
  })

  it('DGR-02 microtasks run between messages, so that none is missed while a program waits for one', async () => {
    const [receiver, to] = await bound(dgram)
    const [sender] = await bound(dgram)
    for (let i = 0; i < 100; i++) sender.send(String(i), to)
    for (let i = 0; i < 100; i++)
      expect(String((await once(receiver, 'message'))[0])).toBe(String(i))
  })

  it('DGR-02 each message has memory of its own', async () => {
    const [receiver, to] = await bound(dgram)
    const [sender] = await bound(dgram)
    const got: Buffer[] = []
    receiver.on('message', (data) => void got.push(data))
    for (const text of ['one', 'two']) sender.send(text, to)
    await eventually(() => got.length === 2)
    got[0]?.fill(0)
    expect(String(got[1])).toBe('two')
  })

  it('DGR-03 listeners run in the asynchronous context of createSocket, callbacks in that of send', async () => {
    const storage = new AsyncLocalStorage<string>()
    const contexts: string[] = []
    const note = (what: string) => contexts.push(`${what}: ${storage.getStore()}`)
    const socket = storage.run('create', () => open(dgram))
    await storage.run('bind', () => new Promise<void>((done) => socket.bind(0, '127.0.0.1', done)))
    socket.on('message', () => note('message'))
    const { port } = socket.address()
    storage.run('send', () => socket.send('x', port, '127.0.0.1', () => note('callback')))
    storage.run('name', () => socket.send('x', port, 'localhost', () => note('callback')))
    await eventually(() => contexts.length === 4)
    expect(contexts.sort()).toEqual([
      'callback: name',
      'callback: send',
      'message: create',
      'message: create',
    ])
  })

  it('DGR-04 a connected socket sends to its peer, hears only that, and disconnects', async () => {
    const [peer, to] = await bound(dgram)
    const [other] = await bound(dgram)
    const [socket, port] = await bound(dgram)
    const [got, heard] = [texts(peer), texts(socket)]
    await new Promise<void>((done) => socket.connect(to, '127.0.0.1', done))
    expect(socket.remoteAddress()).toEqual({ address: '127.0.0.1', family: 'IPv4', port: to })
    socket.send('to the peer')
    await eventually(() => got.length === 1)
    other.send('not heard', port)
    peer.send('heard', port)
    await eventually(() => heard.length === 1)
    socket.disconnect()
    expect(() => socket.remoteAddress()).toThrowError(
      expect.objectContaining({ code: 'ERR_SOCKET_DGRAM_NOT_CONNECTED' }),
    )
    socket.send('to an address', to)
    await eventually(() => got.length === 2)
    other.send('heard again', socket.address().port) // Linux gives it another one
    await eventually(() => heard.length === 2)
    expect([got, heard]).toEqual([
      ['to the peer', 'to an address'],
      ['heard', 'heard again'],
    ])
  })

  it('DGR-04 the ICMP error of a connected socket is its event "error"', async () => {
    const [gone, to] = await bound(dgram)
    const socket = open(dgram)
    await new Promise<void>((done) => socket.connect(to, '127.0.0.1', done))
    gone.close()
    await once(gone, 'close')
    const error = once(socket, 'error')
    socket.send('refused')
    expect((await error)[0]).toMatchObject({
      code: 'ECONNREFUSED',
      message: 'recvmsg ECONNREFUSED',
      syscall: 'recvmsg',
    })
  })

  it('DGR-05 options are set while it runs, groups are joined and left', async () => {
    const [socket] = await bound(dgram)
    socket.setTTL(7)
    socket.setMulticastTTL(3)
    socket.setMulticastLoopback(true)
    socket.setBroadcast(true)
    socket.setRecvBufferSize(9000)
    socket.setSendBufferSize(9000)
    expect([socket.getRecvBufferSize(), socket.getSendBufferSize()]).toEqual([18_000, 18_000])
    expect(() => socket.setTTL(1000)).toThrowError('setTTL EINVAL')
    expect(() => socket.addMembership('10.0.0.1')).toThrowError('addMembership EINVAL')

    const group = '232.77.1.9'
    const member = open(dgram)
    await new Promise<void>((done) => member.bind(0, '0.0.0.0', done))
    member.addMembership(group, '127.0.0.1')
    const got = texts(member)
    socket.setMulticastInterface('127.0.0.1')
    socket.send('to the group', member.address().port, group)
    await eventually(() => got.length === 1)
    member.dropMembership(group, '127.0.0.1')
    expect(() => member.dropMembership(group, '127.0.0.1')).toThrowError(/EADDRNOTAVAIL/)
  })

  it('DGR-06 after the close there are no messages, and one event', async () => {
    const [receiver, to] = await bound(dgram)
    const [sender] = await bound(dgram)
    const got = texts(receiver)
    receiver.on('message', () => receiver.close())
    for (const text of ['one', 'two', 'three']) sender.send(text, to)
    await once(receiver, 'close')
    expect(got).toEqual(['one'])
    expect(() => receiver.close()).toThrowError(
      expect.objectContaining({ code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' }),
    )
  })

  it('DGR-06 an AbortSignal closes it', async () => {
    const controller = new AbortController()
    const socket = open(dgram, { type: 'udp4', signal: controller.signal })
    await new Promise<void>((done) => socket.bind(0, done))
    controller.abort()
    await once(socket, 'close')
    const aborted = open(dgram, { type: 'udp4', signal: AbortSignal.abort() })
    await once(aborted, 'close')
  })

  it('DGR-07 a function that looks names up is asked for each destination', async () => {
    const [receiver, to] = await bound(dgram)
    const got = texts(receiver)
    const asked: string[] = []
    const socket = open(dgram, {
      type: 'udp4',
      lookup: (name, _, answer) => {
        asked.push(name)
        answer(null, '127.0.0.1', 4)
      },
    })
    await new Promise<void>((done) => socket.bind(0, 'here.test', done))
    socket.send('x', to, 'there.test')
    socket.send('y', to, '127.0.0.1')
    await eventually(() => got.length === 2)
    expect(asked).toEqual(['here.test', 'there.test', '127.0.0.1'])
  })

  it('DGR-07 an unknown name is an error of its send', async () => {
    const socket = open(dgram, {
      type: 'udp4',
      lookup: (name, _, answer) =>
        answer(Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' }), '', 4),
    })
    const bind = once(socket, 'error')
    socket.bind(0, 'nowhere.test')
    expect((await bind)[0]).toMatchObject({ message: 'no nowhere.test' })
    const [plain, port] = await bound(dgram)
    const error = once(plain, 'error')
    plain.send('x', port, 'x'.repeat(300)) // refused without a query
    expect((await error)[0]).toMatchObject({ syscall: 'getaddrinfo' })
  })

  it('DGR-08 what is too long, or cannot be reached, fails alone', async () => {
    const [receiver, to] = await bound(dgram)
    const got = texts(receiver)
    const [socket] = await bound(dgram)
    const outcomes: unknown[] = []
    const callback = (error: Error | null, bytes?: number) => outcomes.push(error ?? bytes)
    socket.send('before', to, '127.0.0.1', callback)
    socket.send(Buffer.alloc(70_000), to, '127.0.0.1', callback)
    socket.send('broadcast', to, '255.255.255.255', callback)
    socket.send('after', to, '127.0.0.1', callback)
    await eventually(() => outcomes.length === 4 && got.length === 2)
    expect(got).toEqual(['before', 'after'])
    expect(outcomes).toEqual(
      expect.arrayContaining([
        6,
        5,
        expect.objectContaining({
          message: `send EMSGSIZE 127.0.0.1:${to}`,
          code: 'EMSGSIZE',
          errno: -90,
          syscall: 'send',
          address: '127.0.0.1',
          port: to,
        }),
        expect.objectContaining({ message: `send EACCES 255.255.255.255:${to}`, errno: -13 }),
      ]),
    )
  })
})
