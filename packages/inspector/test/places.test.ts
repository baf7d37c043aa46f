import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Scheduler } from '@udpng/core'
import { eventually } from 'test-support'
import { afterEach, describe, expect, it } from 'vitest'
import { Places } from '../src/serve/places.js'
import { ask, Raw } from './client.js'
import { inspecting, Wall } from './parts.js'

const MAX = 64

describe('places', { timeout: 120_000 }, () => {
  const closing: (() => void)[] = []
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })

  /** The server's ends of connections that are open. */
  async function connections(count: number): Promise<Socket[]> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const sockets: Socket[] = []
    server.on('connection', (socket) => void sockets.push(socket.on('error', () => {})))
    const { port } = server.address() as AddressInfo
    const clients = Array.from({ length: count }, () =>
      connect(port, '127.0.0.1').on('error', () => {}),
    )
    closing.push(() => {
      for (const socket of [...clients, ...sockets]) socket.destroy()
      server.close()
    })
    await eventually(() => sockets.length === count)
    return sockets
  }

  /** Until a connection that was just added can have been read from. */
  async function turn(): Promise<void> {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
  }

  const closed = (sockets: readonly Socket[]): number[] =>
    sockets.flatMap((socket, i) => (socket.destroyed ? [i] : []))

  it('INS-63 a new connection takes the place of the oldest that has not sent the token', async () => {
    const sockets = await connections(MAX + 3)
    const places = new Places()
    for (const [i, socket] of sockets.slice(0, MAX).entries()) {
      places.add(socket)
      if (i < 2) places.trust(socket)
      if (i < 3) places.enter(socket, 'idle')
    }
    await turn()
    places.enter(sockets[2] as Socket, 'idle') // it was given a file of the page
    for (const socket of sockets.slice(MAX)) places.add(socket)
    expect(closed(sockets)).toEqual([3, 4, 5])
    expect(places.size).toBe(MAX)
  })

  it('INS-63 of those with the token, the longest idle goes; then the one that reads for longest', async () => {
    const sockets = await connections(MAX + 3)
    const places = new Places()
    for (const socket of sockets.slice(0, MAX)) {
      places.add(socket)
      places.trust(socket)
      places.enter(socket, 'answering')
    }
    for (const i of [9, 8]) places.enter(sockets[i] as Socket, 'idle')
    places.add(sockets[MAX] as Socket)
    expect(closed(sockets)).toEqual([9])
    places.add(sockets[MAX + 1] as Socket)
    expect(closed(sockets)).toEqual([8, 9])
    places.add(sockets[MAX + 2] as Socket)
    expect(closed(sockets)).toEqual([0, 8, 9])
  })

  it('INS-63 a stream, a request that waits for its turn, and what was not read yet stay: then the new one goes', async () => {
    const sockets = await connections(MAX + 2)
    const places = new Places()
    for (const [i, socket] of sockets.slice(0, MAX).entries()) {
      places.add(socket)
      if (i % 3 === 1) places.trust(socket)
      if (i % 3 < 2) places.enter(socket, i % 3 === 0 ? 'streaming' : 'waiting')
    }
    places.add(sockets[MAX] as Socket)
    expect(closed(sockets)).toEqual([MAX])
    await turn()
    places.add(sockets[MAX + 1] as Socket)
    expect(closed(sockets)).toEqual([2, MAX])
    sockets[3]?.destroy()
    await eventually(() => places.size === MAX - 1, 'the place of one that has left')
  })

  it('INS-71 a request without the token that waits for its turn goes before any connection with the token', async () => {
    const sockets = await connections(MAX + 4)
    const places = new Places()
    for (const [i, socket] of sockets.slice(0, MAX).entries()) {
      places.add(socket)
      if (i < MAX - 3) places.trust(socket)
      places.enter(socket, i < MAX - 3 ? 'idle' : 'waiting')
    }
    places.enter(sockets[MAX - 1] as Socket, 'idle')
    for (let i = MAX; i < MAX + 3; i++) {
      places.add(sockets[i] as Socket)
      places.trust(sockets[i] as Socket)
      places.enter(sockets[i] as Socket, 'waiting')
    }
    expect(closed(sockets)).toEqual([MAX - 3, MAX - 2, MAX - 1])
    places.add(sockets[MAX + 3] as Socket)
    expect(closed(sockets)).toEqual([0, MAX - 3, MAX - 2, MAX - 1])
  })
})

describe('an inspector whose places are all taken', { timeout: 120_000 }, () => {
  it('INS-63 by clients without the token answers the one that has it, on connections old and new', async () => {
    const token = 'a-token-of-the-test'
    const scheduler = new Scheduler()
    scheduler.activate(new Wall())
    void scheduler.run()
    await using inspector = await inspecting(scheduler, { token })
    const { host } = new URL(inspector.url)
    const request = `GET /snapshot HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n\r\n`
    const answers = (raw: Raw): number => raw.heard.match(/HTTP\/1\.1 200/g)?.length ?? 0
    using owner = new Raw(inspector.url, request)
    await eventually(() => answers(owner) === 1)
    const outsiders = Array.from(
      { length: 3 * MAX },
      (_, i) =>
        new Raw(inspector.url, ['', 'GET /sn', `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`][i % 3]),
    )
    await eventually(() => outsiders.filter(({ closed }) => closed).length >= 2 * MAX + 1)
    owner.socket.write(request)
    await eventually(() => answers(owner) === 2)
    expect((await ask(inspector.url, `/snapshot?token=${token}`)).status).toBe(200)
    for (const { socket } of outsiders) socket.destroy()
    scheduler.stop()
  })

  it('INS-71 by requests without the token that wait for their turn, answers the one that has it', async () => {
    const token = 'a-token-of-the-test'
    const scheduler = new Scheduler()
    scheduler.activate(new Wall())
    void scheduler.run()
    await using inspector = await inspecting(scheduler, { token })
    const { host } = new URL(inspector.url)
    const file = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`
    const request = `GET /snapshot HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n\r\n`
    const answers = (raw: Raw): number => raw.heard.match(/HTTP\/1\.1 200/g)?.length ?? 0
    using owner = new Raw(inspector.url, request)
    await eventually(() => answers(owner) === 1)
    let asked = 0
    const outsiders = new Set<Raw>()
    // Each asks again as soon as it is answered, and comes again as soon as it is closed: most of them wait for their turn.
    const outsider = (): void => {
      if (asked++ > 20_000) return
      const raw = new Raw(inspector.url, file)
      outsiders.add(raw)
      let before = 0
      raw.socket
        .on('data', () => {
          const now = answers(raw)
          if (now > before && asked++ < 20_000) raw.socket.write(file)
          before = now
        })
        .on('close', () => {
          outsiders.delete(raw)
          setImmediate(outsider)
        })
    }
    for (let i = 0; i < MAX + 26; i++) outsider()
    await eventually(() => asked > 1000)
    for (let i = 2; i < 12; i++) {
      owner.socket.write(request)
      await eventually(() => answers(owner) === i || owner.closed)
      expect(answers(owner)).toBe(i)
    }
    asked = Infinity
    for (const { socket } of outsiders) socket.destroy()
    scheduler.stop()
  })
})
