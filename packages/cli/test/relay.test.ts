import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type End, eventually, has, Running } from 'test-support'
import { describe, expect, it } from 'vitest'
import { needs, Udpng } from './command.js'
import { Sink } from './sink.js'

const udpng = new Udpng()

/** A target that answers each datagram with its name before it. */
async function target(name: string, host?: string): Promise<Sink> {
  const sink = await Sink.open(host)
  sink.socket.on('message', (data, { address, port }) =>
    sink.socket.send(`${name} ${data}`, port, address),
  )
  return sink
}

const texts = (sink: Sink): string[] => sink.arrived.map(String)

describe('relay', () => {
  it('CLI-16 forwards each datagram to all targets, and returns their replies to its client', async () => {
    await using a = await target('a')
    await using b = await target('b')
    const targets = ['--to', `127.0.0.1:${a.port}`, '--to', `127.0.0.1:${b.port}`]
    const { running, port } = await udpng.start('relay', '127.0.0.1:0', ...targets, '--json')
    using _ = running
    await using one = await Sink.open()
    await using two = await Sink.open()
    one.socket.send('from one', Number(port), '127.0.0.1')
    two.socket.send('from two', Number(port), '127.0.0.1')
    await eventually(() => one.arrived.length === 2 && two.arrived.length === 2, 'four replies')
    expect(texts(one).sort()).toEqual(['a from one', 'b from one'])
    expect(texts(two).sort()).toEqual(['a from two', 'b from two'])
    expect(one.sources.every((source) => source.port === Number(port))).toBe(true)
    expect(new Set(a.sources.map((source) => source.port)).size).toBe(2) // a socket for each client
    running.kill('SIGINT')
    const { code, stdout, stderr } = await running.end
    const account = { sessions: 2, received: 2, forwarded: 4, replies: 4, returned: 4, lost: {} }
    expect(JSON.parse(stdout)).toMatchObject(account)
    expect(stderr).toContain(
      '2 datagrams received in 2 sessions, 4 forwarded, 4 replies received, 4 returned, nothing lost',
    )
    expect(code).toBe(0)
  })

  it('CLI-16 reaches IPv4 and IPv6 targets alike', async ({ skip }) => {
    const six = await target('six', '::1').catch(() => skip('there is no IPv6 here'))
    await using _six = six
    await using four = await target('four')
    const targets = ['--to', `127.0.0.1:${four.port}`, '--to', `[0:0::0:1]:${six.port}`]
    const { running, port } = await udpng.start('relay', ':0', ...targets)
    using _ = running
    await using source = await Sink.open()
    source.socket.send('x', Number(port), '127.0.0.1')
    await eventually(() => source.arrived.length === 2, 'two replies')
    expect(texts(source).sort()).toEqual(['four x', 'six x'])
  })

  it.each([
    ['127.0.0.1:45610', '127.0.0.1:45610'],
    [':45610', '[::1]:45610'],
    [':45610', ':45610'],
    ['0.0.0.0:45610', '127.0.0.2:45610'],
    ['127.0.0.1:45610', '[::FFFF:7f00:1]:45610'],
    ['[0:0:0:0:0:0:0:1]:45610', '[::1]:45610'],
    [':45610', '[::ffff:127.0.0.1]:45610'],
  ])('CLI-16 DGM-13 at %s refuses %s: it would send to itself forever', async (address, to) => {
    const { code, stderr } = await udpng.run('relay', address, '--to', to).end
    expect(stderr).toMatch(/^udpng: --to \S+ leads back to the relay itself; [^\n]+\n$/)
    expect(code).toBe(2)
  })

  it('DGM-13 replies of a target are replies however it was spelled, alone and beside an IPv6 one', async ({
    skip,
  }) => {
    const six = await target('six', '::1').catch(() => skip('there is no IPv6 here'))
    await using _six = six
    await using four = await target('four')
    for (const targets of [
      [`[0:0:0:0:0:FFFF:7F00:1]:${four.port}`],
      [`[::ffff:127.0.0.1]:${four.port}`, `[0::0.0.0.1]:${six.port}`],
    ]) {
      const to = targets.flatMap((address) => ['--to', address])
      const { running, port } = await udpng.start('relay', '127.0.0.1:0', ...to)
      using _ = running
      await using source = await Sink.open()
      source.socket.send('x', Number(port), '127.0.0.1')
      await eventually(() => source.arrived.length === targets.length, 'a reply of each')
      running.kill('SIGINT')
      const { stderr } = await running.end
      expect(stderr).toContain(`to 127.0.0.1:${four.port}`)
      expect(stderr).toContain('nothing lost')
    }
  })

  it('CLI-16 datagrams from other addresses are not replies: dropped and counted', async () => {
    await using a = await target('a')
    const { running, port } = await udpng.start('relay', ':0', '--to', `:${a.port}`, '--json')
    using _ = running
    await using source = await Sink.open()
    await using other = await Sink.open()
    source.socket.send('1', Number(port), '127.0.0.1')
    await eventually(() => source.arrived.length === 1, 'a reply')
    other.socket.send('forged', a.sources[0]?.port as number, '127.0.0.1')
    source.socket.send('2', Number(port), '127.0.0.1')
    await eventually(() => source.arrived.length === 2, 'a second reply')
    running.kill('SIGINT')
    const { stdout } = await running.end
    expect(JSON.parse(stdout)).toMatchObject({ returned: 2, lost: { foreign: 1 } })
    expect(texts(source)).toEqual(['a 1', 'a 2'])
  })

  it('CLI-17 --balance sends each client to one target, in turn, and keeps it there', async () => {
    await using a = await target('a')
    await using b = await target('b')
    const targets = ['--to', `:${a.port}`, '--to', `:${b.port}`, '--balance']
    const { running, port } = await udpng.start('relay', '127.0.0.1:0', ...targets)
    using _ = running
    const replies: string[] = []
    for (let count = 0; count < 4; count++) {
      await using source = await Sink.open()
      for (const text of ['1', '2']) {
        source.socket.send(text, Number(port), '127.0.0.1')
        await eventually(() => source.arrived.length === Number(text), 'a reply')
      }
      replies.push(texts(source).join())
    }
    expect(replies).toEqual(['a 1,a 2', 'b 1,b 2', 'a 1,a 2', 'b 1,b 2'])
  })

  it('CLI-17 --idle: a client that is silent for this time is forgotten, and starts anew', async () => {
    await using a = await target('a')
    const options = ['--to', `:${a.port}`, '--idle', '100ms', '--json']
    const { running, port } = await udpng.start('relay', '127.0.0.1:0', ...options)
    using _ = running
    await using source = await Sink.open()
    for (let round = 0; round < 2; round++) {
      const before = source.arrived.length
      // On a busy machine a reply may come when the client is forgotten.
      while (source.arrived.length === before) {
        source.socket.send('x', Number(port), '127.0.0.1')
        // Its socket is closed when the port can be bound by another program.
        const asked = a.arrived.length
        await eventually(() => a.arrived.length > asked, 'that it is passed on')
        await portIsFree(a.sources.at(-1)?.port as number)
        await source.quiet()
      }
    }
    running.kill('SIGINT')
    const { sessions } = JSON.parse((await running.end).stdout) as { readonly sessions: number }
    expect(sessions).toBe(a.arrived.length)
    expect(sessions).toBeGreaterThanOrEqual(2)
  })

  it('CLI-17 --clients: the newest takes the place of the oldest', async () => {
    await using a = await target('a')
    const options = ['--to', `:${a.port}`, '--clients', '1']
    const { running, port } = await udpng.start('relay', '127.0.0.1:0', ...options)
    using _ = running
    await using one = await Sink.open()
    await using two = await Sink.open()
    for (const source of [one, two]) {
      source.socket.send('x', Number(port), '127.0.0.1')
      await eventually(() => source.arrived.length === 1, 'a reply')
    }
    await portIsFree(a.sources[0]?.port as number)
  })

  it('CLI-74 says who can reach it; --allow limits that', async () => {
    await using a = await target('a')
    const to = ['--to', `127.0.0.1:${a.port}`]
    const { running, port } = await udpng.start(
      'relay',
      ':0',
      ...to,
      '--allow',
      '127.0.0.0/31',
      '--json',
    )
    using _ = running
    await running.says(/reachable by: 127\.0\.0\.0\/31\n/)
    await using one = await Sink.open('127.0.0.1')
    await using two = await Sink.open('127.0.0.2')
    for (const sink of [two, one]) sink.socket.send('x', Number(port), '127.0.0.1')
    await one.first
    running.kill('SIGINT')
    expect(JSON.parse((await running.end).stdout)).toMatchObject({
      sessions: 1,
      lost: { notAllowed: 1 },
    })
    const open = await udpng.start('relay', ':0', ...to)
    using _open = open.running
    await open.running.says(/reachable by: every host that can reach :\d+; --allow limits it\n/)
    const local = await udpng.start('relay', '127.0.0.1:0', ...to)
    using _local = local.running
    await local.running.says(/reachable by: programs on this machine\n/)
  })

  it.skipIf(process.platform !== 'linux' || !has('python3'))(
    'CLI-75 5000 clients, 256 open files: it says what it can serve, and the oldest makes room in time',
    { timeout: 240_000 },
    async () => {
      const relay = [process.execPath, udpng.program.path, 'relay']
      using driver = new Running('python3', [MANY, '5000', '256', '0', ...relay])
      checkMany(await driver.end, 180, /256 files; raise the limit with `ulimit -n \d+`/)
    },
  )

  it.skipIf(process.platform !== 'linux' || !has('python3'))(
    'CLI-75 1000 clients, 100 local ports: the same',
    { timeout: 240_000 },
    async ({ skip }) => {
      const own = ['--map-root-user', '--net']
      if (
        (await new Running('unshare', [...own, 'true']).end.catch(() => ({ code: 1 }))).code !== 0
      )
        skip('this machine gives no network of its own to a test')
      const relay = [process.execPath, udpng.program.path, 'relay']
      const args = [...own, 'python3', MANY, '1000', '0', '100', ...relay]
      using driver = new Running('unshare', args)
      checkMany(await driver.end, 90, /100 local ports; raise the limit with `sysctl [^`]*`/)
    },
  )

  it('CLI-77 if a socket cannot be opened, the others are unaffected: it is printed and counted', async ({
    skip,
  }) => {
    needs(skip, 'prlimit')
    await using a = await target('a')
    const { running, port } = await udpng.start(
      'relay',
      '127.0.0.1:0',
      '--to',
      `:${a.port}`,
      '--json',
    )
    using _ = running
    const clients: Sink[] = []
    for (let i = 0; i < 16; i++) clients.push(await Sink.open())
    const send = (sink: Sink): void => sink.socket.send('x', Number(port), '127.0.0.1')
    const ask = async (sink: Sink): Promise<void> => {
      const before = sink.arrived.length
      send(sink)
      const again = setInterval(() => send(sink), 200)
      await eventually(() => sink.arrived.length > before, 'a reply').finally(() =>
        clearInterval(again),
      )
    }
    for (const client of [...clients, ...clients]) await ask(client)
    const pid = running.pid as number
    const limit = (files: number): void =>
      void spawnSync('prlimit', [`--pid=${pid}`, `--nofile=${files}:`])
    // No descriptor beyond those that are open; some between them may be free.
    limit(1 + Math.max(...readdirSync(`/proc/${pid}/fd`).map(Number)))
    const others: Sink[] = []
    const trying = setInterval(async () => {
      const other = await Sink.open()
      others.push(other)
      send(other)
    }, 2)
    await running
      .says(/\nudpng: [^\n]*too many open files[^\n]*\n/)
      .finally(() => clearInterval(trying))
    await ask(clients.at(-1) as Sink)
    limit(256)
    await ask(others.at(-1) as Sink)
    for (const client of [...clients, ...others]) await client[Symbol.asyncDispose]()
    running.kill('SIGINT')
    const { code, stdout } = await running.end
    const { received, forwarded, lost } = JSON.parse(stdout) as {
      readonly received: number
      readonly forwarded: number
      readonly lost: Readonly<Record<string, number>>
    }
    expect(code).toBe(0)
    expect(Object.values(lost).reduce((all, each) => all + each, forwarded)).toBe(received)
    expect(received - forwarded).toBeGreaterThan(0)
  })

  it('CLI-23 dig asks a name server through it', async ({ skip }) => {
    needs(skip, 'dig', 'python3')
    using server = new Running('python3', ['-c', NAME_SERVER])
    const [, there] = await server.says(/port (\d+)/)
    const { running, port } = await udpng.start(
      'relay',
      '127.0.0.1:0',
      '--to',
      `127.0.0.1:${there}`,
    )
    using _ = running
    const ask = ['@127.0.0.1', '-p', port, '+short', '+tries=2', 'udpng.example', 'A']
    expect(await new Running('dig', ask).end).toEqual({
      code: 0,
      stdout: '192.0.2.7\n',
      stderr: '',
    })
    const many = Array.from({ length: 5 }, () => new Running('dig', ask).end)
    for (const { stdout } of await Promise.all(many)) expect(stdout).toBe('192.0.2.7\n')
  })

  it('CLI-23 socat talks to an echo server through it', async ({ skip }) => {
    needs(skip, 'socat')
    const { running: server, port: there } = await udpng.start('echo', '127.0.0.1:0')
    using _server = server
    const { running, port } = await udpng.start('relay', ':0', '--to', `127.0.0.1:${there}`)
    using _ = running
    using socat = new Running('socat', ['-t', '2', '-', `UDP4:127.0.0.1:${port}`])
    socat.type('there and back')
    await socat.says('there and back')
  })
})

const MANY = join(import.meta.dirname, 'many-clients.py')

/** What `many-clients.py` says of a relay. */
function checkMany({ stdout, stderr }: End, served: number, why: RegExp): void {
  expect(stderr).toBe('')
  const found = JSON.parse(stdout) as {
    readonly answered: number
    readonly alive: boolean
    readonly served: number
    readonly same: number
    readonly seconds: number
    readonly code: number
    readonly lines: readonly string[]
    readonly account: { readonly received: number; readonly lost: Readonly<Record<string, number>> }
  }
  const { alive, code, lines, seconds } = found
  expect([alive, code]).toEqual([true, 0])
  // Served at a time: each kept its socket.
  expect([found.served, found.same]).toEqual([served, served])
  expect(lines[0]).toMatch(why)
  expect(lines.length).toBeLessThan(seconds + 5)
}

/** A name server that knows one address, and returns it for every name. */
const NAME_SERVER = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 0))
print('port', s.getsockname()[1], flush=True)
while True:
    query, source = s.recvfrom(4096)
    end = 12
    while query[end]: end += query[end] + 1
    question = query[12:end + 5]
    header = query[:2] + b'\\x81\\x80' + b'\\0\\1\\0\\1\\0\\0\\0\\0'
    answer = b'\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\x3c\\0\\4' + bytes([192, 0, 2, 7])
    s.sendto(header + question + answer, source)
`

/** Waits until a port of all addresses can be bound. */
async function portIsFree(port: number): Promise<void> {
  const end = performance.now() + 60_000
  for (;;) {
    const socket = createSocket('udp4').bind(port, '0.0.0.0')
    const free = await Promise.race([
      once(socket, 'listening').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.close()
    if (free) return
    if (performance.now() > end) throw new Error(`port ${port} is still taken`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
