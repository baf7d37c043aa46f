import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { eventually, has, ownPort, Running } from 'test-support'
import { Program } from 'test-support/program'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

const COUNT = process.env['UDPNG_LONG'] ? 100_000 : 20_000

let proxy: Program
let echo: Program

beforeAll(async () => {
  proxy = await Program.make(join(import.meta.dirname, '..'))
  echo = await Program.make(join(import.meta.dirname, '../../echo-server'))
})

afterAll(() => {
  proxy[Symbol.dispose]()
  echo[Symbol.dispose]()
})

/** A socket of Node.js itself on 127.0.0.1, and what it gets. */
async function bound() {
  const got: { readonly text: string; readonly port: number }[] = []
  const socket = createSocket('udp4', (data, from) =>
    got.push({ text: `${data}`, port: from.port }),
  )
  onTestFinished(() => void socket.close())
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { socket, got }
}

async function started(run: Running, says: RegExp): Promise<string> {
  return (await run.says(says))[1] ?? ''
}

/** Receives datagrams, each a number of 4 bytes and when it was sent; prints what it got, when nothing has come for a second. */
const RECEIVER = `
import json, socket, struct, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
s.bind(('127.0.0.1', 0))
print(s.getsockname()[1], flush=True)
seen, delays, overtakes, last = {}, [], 0, -1
s.settimeout(120)
try:
    while True:
        data = s.recv(64)
        number, sent = struct.unpack('!Id', data)
        delays.append(time.time() - sent)
        seen[number] = seen.get(number, 0) + 1
        if number < last: overtakes += 1
        last = max(last, number)
        s.settimeout(1)
except socket.timeout: pass
delays.sort()
print(json.dumps(dict(unique=len(seen), total=sum(seen.values()), overtakes=overtakes, median=1000 * delays[len(delays) // 2])), flush=True)
`

const SENDER = `
import socket, struct, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number in range(int(sys.argv[2])):
    s.sendto(struct.pack('!Id', number, time.time()), ('127.0.0.1', int(sys.argv[1])))
    if number % 20 == 19: time.sleep(0.001)
`

/** Talks to the echo server through the proxy from two sockets; prints what came back to each. */
const TALK = `
import socket, sys
there = ('127.0.0.1', int(sys.argv[1]))
sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
for i, s in enumerate(sockets):
    s.settimeout(60)
    s.sendto(b'from %d' % i, there)
for s in sockets: print(s.recv(64).decode())
`

/** Starts a server of iperf3 for one test at a port that is free, of UDP and of TCP. */
async function iperfServer(): Promise<{ server: Running; port: number }> {
  for (let triesLeft = 20; ; triesLeft--) {
    const port = ownPort()
    const args = ['--server', '--one-off', '--bind', '127.0.0.1', '--port', `${port}`]
    const server = new Running('iperf3', [...args, '--forceflush'])
    try {
      await server.says('Server listening')
      return { server, port }
    } catch (error) {
      server[Symbol.dispose]()
      if (triesLeft === 0) throw error
    }
  }
}

/** Passes on connections of TCP, as they are. */
async function forwarder(port: number, to: number): Promise<Disposable> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    for (const socket of [near, far]) sockets.add(socket.setNoDelay().on('error', () => {}))
    near.pipe(far).pipe(near)
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    [Symbol.dispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** The largest buffer that any socket gets here, up to 4 MiB: iperf3 wants what it asks for. */
function largestBuffer(): number {
  const sizes = ['rmem_max', 'wmem_max'].map((name) =>
    Number(readFileSync(`/proc/sys/net/core/${name}`, 'latin1')),
  )
  return Math.min(4 << 20, ...sizes)
}

describe('the impairment proxy', () => {
  it.skipIf(!has('python3'))(
    'NET-12 loses, duplicates and delays as configured, by the count of another program',
    async () => {
      using receiver = new Running('python3', ['-c', RECEIVER])
      const to = await started(receiver, /^(\d+)\n/)
      using run = proxy.run(
        ...['--listen', ':0', '--to', `127.0.0.1:${to}`, '--seed', '7'],
        ...['--loss', '10%', '--duplicate', '5%', '--delay', '50ms'],
      )
      const port = await started(run, /listening on 127\.0\.0\.1:(\d+)\n/)
      using sender = new Running('python3', ['-c', SENDER, port, String(COUNT)])
      expect((await sender.end).code).toBe(0)
      const { stdout } = await receiver.end
      const { unique, total, median } = JSON.parse(stdout.split('\n')[1] ?? '') as Record<
        string,
        number
      >
      const within = (count: number, share: number, of: number): void => {
        const sigma = Math.sqrt(of * share * (1 - share))
        expect(Math.abs(count - of * share)).toBeLessThan(3 * sigma)
      }
      within(COUNT - (unique as number), 0.1, COUNT)
      within((total as number) - (unique as number), 0.05, unique as number)
      // Nothing comes early; how late it comes is the machine's.
      expect(median).toBeGreaterThanOrEqual(49)
      run.kill('SIGINT')
      const { code, stderr } = await run.end
      expect(code).toBe(0)
      expect(stderr).toContain(`sessions: 1, datagrams received: ${COUNT}, sent back: 0\n`)
    },
  )

  it.for(['there', 'back'] as const)(
    'NET-12 on the way %s, it loses as configured, by the count of iperf3',
    async (direction, { skip }) => {
      skip(!has('iperf3'), 'iperf3 is not installed')
      const count = process.env['UDPNG_LONG'] ? 100_000 : 10_000
      const { server, port: to } = await iperfServer()
      using _ = server
      using run = proxy.run(
        ...['--listen', ':0', '--to', `127.0.0.1:${to}`, '--seed', '7', '--loss', '10%'],
      )
      const port = await started(run, /listening on 127\.0\.0\.1:(\d+)\n/)
      // What iperf3 says to itself goes by TCP, to the same port number.
      using __ = await forwarder(Number(port), to)
      using client = new Running('iperf3', [
        ...['--client', '127.0.0.1', '--port', port, '--json', '--udp', '--length', '64'],
        ...['--blockcount', `${count}`, '--bitrate', '5M', '--window', `${largestBuffer()}`],
        ...(direction === 'back' ? ['--reverse'] : []),
      ])
      const { stdout } = await client.end
      const { error, end } = JSON.parse(stdout) as {
        readonly error?: string
        readonly end: { readonly sum_received: Readonly<Record<string, number>> }
      }
      expect(error).toBeUndefined()
      const { packets = 0, lost_packets: lost = 0 } = end.sum_received
      // It counts what it has read when its time is over: less on a slow machine. The share of loss is the same.
      expect(packets).toBeGreaterThan(1000)
      expect(Math.abs(lost - packets * 0.1)).toBeLessThan(3 * Math.sqrt(packets * 0.1 * 0.9))
    },
  )

  it.skipIf(!has('python3'))('NET-12 replies reach each client', async () => {
    using server = echo.run('0')
    const to = await started(server, /echoing on 127\.0\.0\.1:(\d+)\n/)
    using run = proxy.run('--listen', ':0', '--to', `127.0.0.1:${to}`, '--delay', '5ms')
    const port = await started(run, /listening on 127\.0\.0\.1:(\d+)\n/)
    using talk = new Running('python3', ['-c', TALK, port])
    expect(await talk.end).toEqual({ code: 0, stdout: 'from 0\nfrom 1\n', stderr: '' })
    run.kill('SIGINT')
    expect((await run.end).stderr).toContain('sessions: 2, datagrams received: 2, sent back: 2\n')
  })

  it('PER-17 passes on to a client only what the other program sends', async () => {
    const [server, forger, client] = [await bound(), await bound(), await bound()]
    using run = proxy.run('--listen', ':0', '--to', `127.0.0.1:${server.socket.address().port}`)
    const port = Number(await started(run, /listening on 127\.0\.0\.1:(\d+)\n/))
    client.socket.send('hello', port, '127.0.0.1')
    await eventually(() => server.got.length > 0, 'the proxy passes on')
    const session = server.got[0]?.port ?? 0
    for (const [from, text] of [
      [forger, 'INJECTED'],
      [server, 'answer'],
    ] as const)
      from.socket.send(text, session, '127.0.0.1')
    await eventually(() => client.got.length > 0, 'an answer')
    expect(client.got.map(({ text }) => text)).toEqual(['answer'])
  })

  it.each([
    [[], /^usage: --listen/],
    [['--listen', ':0', '--to', 'x:0'], /^--to is "x:0"; a port is a number from 1/],
    [
      ['--listen', ':0', '--to', 'x:9', '--loss', '10'],
      /^--loss is "10"; it must be a number and a unit, as in 10%/,
    ],
    [
      ['--listen', ':0', '--to', 'x:9', '--loss', '101%'],
      /^--loss is "101%"; it must be at most 100%/,
    ],
    [['--listen', ':0', '--to', 'x:9', '--delay', '5m'], /^--delay is "5m"/],
    [
      ['--listen', ':0', '--to', 'x:9', '--rate', '0bit'],
      /^cannot create Impair: rate is 0; it must be/,
    ],
    [['--listen', ':0', '--to', 'x:9', '--seed', 'x'], /^--seed is "x"/],
    [['--lost', '1%'], /^Unknown option '--lost'/],
  ])('NET-12 %j is refused in one line', async (words, message) => {
    using run = proxy.run(...words)
    const { code, stderr } = await run.end
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(code).toBe(1)
  })
})
