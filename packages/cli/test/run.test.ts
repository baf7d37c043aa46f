import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, has, Running } from 'test-support'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { Udpng } from './command.js'
import { Sink } from './sink.js'

const udpng = new Udpng()
const directory = mkdtempSync(join(tmpdir(), 'udpng-graph-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const goodFile = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../graph/test/good', name), 'utf8')

/** An address that nothing else on this machine uses: then ports can be those that the file names. */
let addresses = 0
const newAddress = (): string =>
  `127.${1 + (process.pid % 250)}.${Math.floor(process.pid / 250) % 250}.${++addresses}`

interface Got {
  readonly text: string
  readonly port: number
}

/** A socket of Node.js itself, and what it gets. */
async function bound(host: string, port = 0): Promise<{ socket: Socket; got: Got[] }> {
  const got: Got[] = []
  const socket = createSocket('udp4', (data, from) =>
    got.push({ text: `${data}`, port: from.port }),
  )
  onTestFinished(() => void socket.close())
  socket.bind(port, host)
  await once(socket, 'listening')
  return { socket, got }
}

/** Acts again and again, until it has come true: what is sent before a program listens is lost. */
async function again(act: () => void, fact: () => boolean): Promise<void> {
  act()
  const timer = setInterval(act, 100)
  await eventually(fact).finally(() => clearInterval(timer))
}

/** A file with that in it. */
function file(name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

/**
 * Two collectors. Sends syslog lines until both have got one, and a sign of life each; then prints what they got, and goes
 * on until it is stopped, so that what is shown on the way is seen.
 */
const COLLECTORS = `
import json, select, socket, sys, time
here = sys.argv[1]
def bound(port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((here, port))
    return s
east, west = bound(1515), bound(1516)
out = bound(0)
got = {east: set(), west: set()}
print('ready', flush=True)
end = time.time() + 120
while time.time() < end:
    for text in (b'<13>all is well', b'<11>an error'):
        out.sendto(text, (here, 1514))
    for s in select.select([east, west], [], [], 0.05)[0]:
        got[s].add(s.recv(65536).decode().split(' ')[0])
    if all({'<13>all', '<11>an', 'alive'} <= seen for seen in got.values()): break
print(json.dumps([sorted(got[east]), sorted(got[west])]), flush=True)
`

describe('udpng run', () => {
  it.skipIf(!has('python3'))(
    'CLI-50 a graph of ten parts runs between sockets of another program, until it is interrupted',
    async () => {
      const here = newAddress()
      const graph = file('ten.yaml', goodFile('ten-parts.yaml').replaceAll('127.0.0.1', here))
      using python = new Running('python3', ['-c', COLLECTORS, here])
      await python.says('ready')
      using running = udpng.run('run', graph)
      const seen = ['<11>an', '<13>all', 'alive']
      expect(JSON.parse((await python.says(/\[\[.*\]\]/))[0])).toEqual([seen, seen])
      await running.says(new RegExp(`${here.replaceAll('.', '\\.')}:\\d+ <11>an error\\n`))
      expect(running.stdout).not.toContain('all is well')
      running.kill('SIGINT')
      const { code, stderr } = await running.end
      expect(code).toBe(0)
      // The collectors may have ended before: then a datagram is refused, and by that time what reads errors may have ended, too.
      const lines = stderr
        .split('\n')
        .filter((line) => !/UDPNG_REFUSED|--trace-warnings/.test(line))
      // What came in the very moment of the end is not read, and is counted.
      const account =
        /^udpng: [\d ]+ datagrams received, [\d ]+ sent(, [\d ]+ (filtered|not read|not sent) at \S+)+(, at least [\d ]+ refused by the receiver)?\n$/
      expect(lines.join('\n')).toMatch(account)
    },
  )

  it('PER-17 the relay of docs/graph-files.md passes on only what its server sends', async () => {
    const here = newAddress()
    const text = readFileSync(join(import.meta.dirname, '../../../docs/graph-files.md'), 'utf8')
    const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block)
    const block = blocks.find((one) => one.includes('CLIENTS:')) ?? ''
    const [server, forger, client] = [await bound(here, 1500), await bound(here), await bound(here)]
    const graph = file(
      'documented.yaml',
      block.replace('myserver.com', here).replace('localAddr: 127.0.0.1', `localAddr: ${here}`),
    )
    using running = udpng.run('run', graph)
    await again(
      () => client.socket.send('hello', 7000, here),
      () => server.got.length > 0,
    )
    const { port } = server.got[0] as Got
    forger.socket.send('INJECTED', port, here)
    await again(
      () => server.socket.send('answer', port, here),
      () => client.got.length > 0,
    )
    forger.socket.send('INJECTED', port, here)
    await again(
      () => server.socket.send('last', port, here),
      () => client.got.some(({ text }) => text === 'last'),
    )
    expect(new Set(client.got.map((got) => got.text))).toEqual(new Set(['answer', 'last']))
    running.kill('SIGINT')
    expect((await running.end).code).toBe(0)
  })

  it.skipIf(!has('python3'))(
    'CLI-58 a relay with a socket for each client: answers find their way back',
    async () => {
      const here = newAddress()
      const graph = file('relay.yaml', goodFile('relay.yaml').replaceAll('127.0.0.1', here))
      using python = new Running('python3', [
        '-c',
        `
import socket, sys, time
here = sys.argv[1]
def new(port=0):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((here, port))
    return s
server, clients = new(7001), [new(), new()]
server.settimeout(0.1)
print('ready', flush=True)
sources, answers, end = {}, {}, time.time() + 120
while time.time() < end and len(answers) < 2:
    for i, c in enumerate(clients): c.sendto(b'client %d' % i, (here, 7000))
    try:
        while True:
            data, source = server.recvfrom(65536)
            sources[data] = source
            server.sendto(b'answer to ' + data, source)
    except TimeoutError: pass
    for i, c in enumerate(clients):
        c.settimeout(0.1)
        try: answers[i] = c.recv(65536).decode()
        except TimeoutError: pass
print(answers, len(set(sources.values())), flush=True)
`,
        here,
      ])
      await python.says('ready')
      using running = udpng.run('run', graph)
      await python.says("{0: 'answer to client 0', 1: 'answer to client 1'} 2")
      await running.says(/\[ '127\.[\d.]+', \d+ \] came\n/)
      running.kill('SIGTERM')
      const { stderr } = await running.end
      // The clients repeat their datagrams while they wait.
      expect(stderr).toMatch(/^udpng: (\d+) datagrams received, \1 sent, nothing lost\n$/)
    },
  )

  it('CLI-62 it ends when all parts have, and what was on the way has arrived', async () => {
    const graph = file(
      'lines.yaml',
      `
parts:
  READ: { component: ConsoleReader }
  EVEN: { component: Sample, every: 2 }
  OUT: { component: ConsoleEchoer, tag: "> " }
linkages:
  READ.outbox: EVEN.inbox
  READ.signal: EVEN.control
  EVEN.outbox: OUT.inbox
  EVEN.signal: OUT.control`,
    )
    using running = udpng.run('run', graph)
    running.type('one\ntwo\nthree\n')
    running.typeNoMore()
    expect(await running.end).toEqual({ code: 0, stdout: '> one\n> three\n', stderr: '' })
  })

  it('CLI-11 run reports what cannot be sent, where the file does not link errors', async () => {
    const parts = (linkage = ''): string => `
parts:
  IN: { component: DataSource, items: [a, b, c] }
  OUT: { component: UDPSender, receiverAddr: 255.255.255.255, receiverPort: 9 }
  SHOWN: { component: ConsoleEchoer }
linkages: { IN.outbox: OUT.inbox, IN.signal: OUT.control, OUT.signal: SHOWN.control${linkage} }
`
    const untold = await udpng.run('run', file('lost.yaml', parts())).end
    const lines = untold.stderr.split('\n').filter((line) => !line.includes('warning'))
    expect(lines[0]).toMatch(/^udpng: cannot send .*EACCES/)
    expect(lines[1]).toMatch(/^udpng: 2 more errors, the latest: cannot send/)
    const told = await udpng.run('run', file('told.yaml', parts(', OUT.errors: SHOWN.inbox'))).end
    expect(told.stderr).toBe('udpng: 0 datagrams received, 0 sent, 3 failed (EACCES) at OUT\n')
    expect(told.stdout).toContain('EACCES')
  })

  it("CLI-76 run writes what the parts of a session's child report, where the file leads it nowhere", async () => {
    const here = newAddress()
    const graph = file(
      'child.yaml',
      `
parts:
  UDP: { component: PostboxPeer, localAddr: ${here}, localPort: 7003 }
  CLIENTS:
    component: Sessions
    child:
      parts:
        UP: { component: SimplePeer, receiverAddr: no-such-host.invalid, receiverPort: 9 }
        DATA: { component: ToPayload }
      linkages: { self.inbox: UP.inbox, UP.outbox: DATA.inbox, DATA.outbox: self.outbox }
linkages: { UDP.outbox: CLIENTS.inbox, CLIENTS.outbox: UDP.inbox }
`,
    )
    using running = udpng.run('run', graph, '--inspect=0')
    await running.says('inspector at')
    await using client = await Sink.open()
    const sending = setInterval(() => client.socket.send('x', 7003, here), 50)
    try {
      await running.says(/\nudpng: [^\n]*no-such-host\.invalid[^\n]*\n/)
      await running.says(
        /\nudpng: [^\n]*more errors, the latest: [^\n]*no-such-host\.invalid[^\n]*\n/,
      )
    } finally {
      clearInterval(sending)
    }
    running.kill('SIGINT')
    expect((await running.end).code).toBe(0)
  })

  it('CLI-60 --check prints in one line that nothing is wrong, and runs nothing', async () => {
    const graph = file('ten.yaml', goodFile('ten-parts.yaml'))
    const { code, stdout, stderr } = await udpng.run('run', '--check', graph).end
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${graph}: 10 parts, 20 links, no errors\n`,
      stderr: '',
    })
  })

  it('CLI-60 mistakes: a line for each, exit code 2, with --check and without', async () => {
    const graph = file('bad.yaml', 'parts:\n  A: { component: UDPSendr }\n  B: 3\n')
    const expected = {
      code: 2,
      stdout: '',
      stderr: `${graph}:2:19: unknown component "UDPSendr"; did you mean UDPSender?\n${graph}:3:6: B is 3; it must be a map: a component, and its options\n`,
    }
    expect(await udpng.run('run', '--check', graph).end).toEqual(expected)
    expect(await udpng.run('run', graph).end).toEqual(expected)
  })

  it('CLI-60 - is standard input, which need not end', async () => {
    using running = udpng.run('run', '-', '--check')
    running.type('parts: { A: { component: ConsoleEchoer } }\n')
    running.typeNoMore()
    expect(await running.end).toEqual({
      code: 0,
      stdout: '-: 1 part, 0 links, no errors\n',
      stderr: '<stdin>:1:10: warning: A is linked to nothing\n',
    })
    using endless = udpng.run('run', '-')
    endless.type('#'.repeat(200 * 1024))
    expect(await endless.end).toEqual({
      code: 2,
      stdout: '',
      stderr: '<stdin>:1:1: the file is too large; a graph file has at most 128 KiB\n',
    })
  })

  it('CLI-60 what is not a file, and no argument at all, are reported in a line', async () => {
    const missing = await udpng.run('run', join(directory, 'missing.yaml')).end
    expect(missing.stderr).toMatch(/^udpng: cannot read \S+missing\.yaml: no such file\n$/)
    const folder = await udpng.run('run', directory).end
    expect(folder.stderr).toMatch(/: it is a directory\n$/)
    const nothing = await udpng.run('run').end
    expect([missing.code, folder.code, nothing.code]).toEqual([2, 2, 2])
  })

  it('CLI-59 --import: custom components run beside the others', async () => {
    const module = join(import.meta.dirname, '../../graph/test/modules/good.mjs')
    const graph = file('own.yaml', 'parts: { A: { component: Times } }')
    const without = await udpng.run('run', '--check', graph).end
    expect(without.stderr).toContain('unknown component "Times"')
    const broken = await udpng.run('run', graph, '--import', join(directory, 'none.js')).end
    expect(broken).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^udpng: cannot import .*\n$/),
    })
    const own = await udpng.run('run', '--check', graph, '--import', module).end
    // bundled for the test, the command has a @udpng/core to itself
    if (process.env['UDPNG_TEST_DIST'])
      expect(own).toMatchObject({ code: 0, stdout: `${graph}: 1 part, 0 links, no errors\n` })
    else
      expect(own).toMatchObject({
        code: 2,
        stderr: `udpng: Times of ${module} extends Component of another copy of @udpng/core; see npm ls @udpng/core\n`,
      })
  })
})
