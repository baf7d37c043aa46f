import { has, Running } from 'test-support'
import {
  type Address,
  type Datagram,
  Graphline,
  Pipeline,
  PostboxPeer,
  Sessions,
  SimplePeer,
  Transformer,
  UDPSender,
} from 'udpng'
import { describe, expect, it } from 'vitest'

/** Two sockets talk to a server in turn; prints what each was answered. */
const PYTHON = `
import socket, sys
family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
sockets = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(2)]
for s in sockets: s.settimeout(60)
for text in ['one', 'two', 'three']:
    for s in sockets: s.sendto(text.encode(), (sys.argv[1], int(sys.argv[2])))
    print([s.recvfrom(65536)[0].decode() for s in sockets])
`

/** Numbers what it gets: each session has its own. */
function counter(): Transformer<Buffer, string> {
  let count = 0
  return new Transformer((data: Buffer) => `${++count} ${data}`)
}

/** Two clients talk to a server: each is answered from a session of its own. */
async function talk([host, port]: Address): Promise<void> {
  using python = new Running('python3', ['-c', PYTHON, host, `${port}`])
  const { stdout, stderr } = await python.end
  expect(stderr).toBe('')
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    "['1 one', '1 one']",
    "['2 two', '2 two']",
    "['3 three', '3 three']",
  ])
}

describe('sessions behind a socket', () => {
  it.skipIf(!has('python3')).each(['127.0.0.1', '::1'])(
    'SES-13 a server on %s answers each client from its own session',
    async (localAddr) => {
      const peer = new PostboxPeer({ localAddr })
      const sessions = new Sessions(counter)
      const stop = new AbortController()
      const running = new Graphline(
        { UDP: peer, SESSIONS: sessions },
        { 'UDP.outbox': 'SESSIONS.inbox', 'SESSIONS.outbox': 'UDP.inbox' },
      ).run({ signal: stop.signal })
      await talk(await peer.bound)
      stop.abort()
      await running
      expect(sessions.stats).toMatchObject({ started: 2, ended: 2, received: 6, sent: 6 })
    },
  )

  it.skipIf(!has('python3'))(
    'SES-13 a relay has a socket of its own to the server for each client',
    async () => {
      const server = new PostboxPeer({ localAddr: '127.0.0.1' })
      const door = new PostboxPeer({ localAddr: '127.0.0.1' })
      const stop = new AbortController()
      const served = new Sessions(counter)
      const serving = new Graphline(
        { UDP: server, SESSIONS: served },
        { 'UDP.outbox': 'SESSIONS.inbox', 'SESSIONS.outbox': 'UDP.inbox' },
      ).run({ signal: stop.signal })
      const [receiverAddr, receiverPort] = await server.bound
      const relayed = new Sessions(
        () =>
          new Pipeline(
            new SimplePeer({ receiverAddr, receiverPort }),
            new Transformer(([data]: Datagram) => data),
          ),
      )
      const relaying = new Graphline(
        { UDP: door, SESSIONS: relayed },
        { 'UDP.outbox': 'SESSIONS.inbox', 'SESSIONS.outbox': 'UDP.inbox' },
      ).run({ signal: stop.signal })
      await talk(await door.bound)
      stop.abort()
      await Promise.all([serving, relaying])
      for (const { stats } of [served, relayed])
        expect(stats).toMatchObject({ started: 2, ended: 2, received: 6, sent: 6 })
    },
  )

  it('SES-11 every peer that takes data can be a child; what it receives must become data', () => {
    const peer = { receiverAddr: '127.0.0.1', receiverPort: 9 }
    expect(new Sessions(() => new UDPSender(peer))).toBeInstanceOf(Sessions)
    // @ts-expect-error what a SimplePeer sends is [data, [host, port]]
    expect(new Sessions(() => new SimplePeer(peer))).toBeInstanceOf(Sessions)
    // @ts-expect-error what a PostboxPeer takes is a letter
    expect(new Sessions(() => new PostboxPeer())).toBeInstanceOf(Sessions)
  })
})
