import { spawnSync } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import { eventually, Running } from 'test-support'
import { Program } from 'test-support/program'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Bounds } from '../src/index.js'

const REGULARS = 100
/** Descriptors that the relay may have: with its own, some 175 sessions fit. */
const DESCRIPTORS = 200
/** Requests of one client, until it is answered. */
const MAX_TRIES = 50

/** Whether this user may make a network of a test's own. */
const hasNetworks = spawnSync('unshare', ['--net', 'true']).status === 0

const programOf = (file: string): Promise<Program> =>
  Program.of(join(import.meta.dirname, file), join(import.meta.dirname, '../tsconfig.json'))
let program: Program
let manySockets: Program
beforeAll(async () => {
  program = await programOf('relay-program.ts')
  manySockets = await programOf('many-sockets-program.ts')
}, 120_000)
afterAll(() => {
  program[Symbol.dispose]()
  manySockets[Symbol.dispose]()
})

/** They are exact here: one datagram of each client is not a flow that the kernel would coalesce. */
function kernelDropsOf({ kernelDrops }: { kernelDrops?: Bounds }): number {
  expect(kernelDrops?.atMost).toBe(kernelDrops?.atLeast)
  return kernelDrops?.atLeast ?? 0
}

/** Sends from an address of its own. */
async function client(n: number): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(0, `127.1.${n >> 8}.${n & 0xff}`)
  await once(socket, 'listening')
  return socket
}

it.each([
  [5000, 'dgram'],
  [2000, 'auto'],
])(
  'SES-18 %i clients of a relay with 200 descriptors, on transport %s: it lives, goes on with those it serves, and its sums are exact',
  async (clients, transport) => {
    // It answers with the port that the relay's session has here.
    const target = createSocket('udp4').on('message', (_, { port }) =>
      target.send(`${port}`, port, '127.0.0.1'),
    )
    target.bind(0, '127.0.0.1')
    await once(target, 'listening')
    using relay = program.runAfter(
      `ulimit -n ${DESCRIPTORS}`,
      `${target.address().port}`,
      transport,
    )
    const port = Number((await relay.says(/port (\d+)/))[1])
    let sent = 0
    const send = async (socket: Socket): Promise<void> => {
      sent++
      await new Promise((resolve) => socket.send('x', port, '127.0.0.1', resolve))
    }
    const ask = async (socket: Socket): Promise<string> => {
      let answer: string | undefined
      socket.once('message', (data) => {
        answer = String(data)
      })
      for (let tries = 0; tries < MAX_TRIES && !answer; tries++) {
        await send(socket)
        await eventually(() => answer !== undefined, 'an answer', 1000).catch(() => {})
      }
      return answer ?? 'no answer'
    }
    const regulars = await Promise.all(Array.from({ length: REGULARS }, (_, n) => client(n)))
    const before: string[] = []
    for (const socket of regulars) {
      await ask(socket)
      before.push(await ask(socket))
    }
    for (let n = REGULARS; n < clients; n++) {
      const socket = await client(n)
      await send(socket)
      socket.close()
    }
    let kept = 0
    for (const [i, socket] of regulars.entries()) if ((await ask(socket)) === before[i]) kept++
    relay.type('\n')
    const living = Number((await relay.says(/living (\d+)/))[1])
    relay.typeNoMore()
    const { code, stdout, stderr } = await relay.end
    // That sessions failed is one process warning, for no inbox is linked to `errors`.
    const others = stderr.split('\n').filter((line) => !/UdpngWarning|--trace-warnings/.test(line))
    expect([code, others.join('\n')]).toEqual([0, ''])
    for (const socket of [target, ...regulars]) socket.close()
    const { udp, sessions } = JSON.parse(stdout.slice(stdout.indexOf('{')))
    const all = (counts: Record<string, number>): number =>
      Object.values(counts).reduce((sum, count) => sum + count, 0)
    expect(kept).toBe(REGULARS)
    expect(living).toBeGreaterThan(DESCRIPTORS - 50)
    expect(living).toBeLessThan(DESCRIPTORS)
    expect(sent).toBe(udp.received + udp.dropped.readBufferFull + kernelDropsOf(udp))
    expect(sessions.received).toBe(udp.received)
    expect(sessions.received).toBe(sessions.passed + all(sessions.undelivered))
    expect(sessions.dropped).toMatchObject({ noRoom: 0, sessionFull: 0, unread: 0, unsent: 0 })
    // The first datagram of each that failed was in the child's inbox.
    expect(sessions.dropped.failed).toBe(sessions.failed)
    expect(sessions.failed).toBeGreaterThan(0)
    expect(sessions.ended).toBe(sessions.started)
  },
  300_000,
)

it.skipIf(!hasNetworks).each(['dgram', 'auto'])(
  'SES-16 BND-04 on transport %s, with all local ports in use: that is a shortage, and the advice fits',
  async (transport) => {
    // A network with ten ports, so that nothing else loses one.
    using running = new Running('unshare', [
      '--net',
      'sh',
      '-c',
      'echo 50000 50009 >/proc/sys/net/ipv4/ip_local_port_range; exec "$@"',
      'sh',
      process.execPath,
      manySockets.path,
      transport,
    ])
    const { code, stdout, stderr } = await running.end
    // That sessions failed is one process warning, for no inbox is linked to `errors`.
    const others = stderr.split('\n').filter((line) => !/UdpngWarning|--trace-warnings/.test(line))
    expect([code, others.join('\n')]).toEqual([0, ''])
    const lines = stdout.trim().split('\n')
    const { started, ended, failed, evicted } = JSON.parse(lines.pop() as string)
    expect([started, ended, failed]).toEqual([20, 10, 10])
    expect(evicted).toBeGreaterThan(0)
    expect(lines).toEqual(
      new Array(10).fill(
        'cannot bind 0.0.0.0:0: all local ports are in use; close sockets, or widen net.ipv4.ip_local_port_range',
      ),
    )
  },
  60_000,
)
