import { eventually, Running } from 'test-support'
import { describe, expect, it } from 'vitest'
import { needs, Udpng } from './command.js'
import { Sink } from './sink.js'

const udpng = new Udpng()

/** Sends datagrams of all sizes from two sockets; prints whether each came back whole, to the one that sent it. */
const PYTHON = `
import os, socket, sys
sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
there = ('127.0.0.1', int(sys.argv[1]))
for s in sockets: s.settimeout(60)
for size in [0, 1, 1472, 9000, 65507]:
    sent = [os.urandom(size) for _ in sockets]
    # One after the other: two of the largest are more than some receive buffers hold.
    print(size, [s.sendto(data, there) == size and s.recvfrom(65536) == (data, there) for s, data in zip(sockets, sent)])
`

describe('echo', () => {
  it('CLI-15 sends each datagram back to its source, IPv4 and IPv6, and accounts for all', async () => {
    const { running, port } = await udpng.start('echo', ':0', '--json')
    using _ = running
    await using v4 = await Sink.open()
    v4.socket.send('four', Number(port), '127.0.0.1')
    await v4.first
    expect(v4.arrived.map(String)).toEqual(['four'])
    expect(v4.sources).toEqual([{ address: '127.0.0.1', port: Number(port) }])
    running.kill('SIGINT')
    const { code, stdout, stderr } = await running.end
    expect(JSON.parse(stdout)).toMatchObject({ received: 1, sent: 1, lost: {} })
    expect(stderr).toMatch(
      /^udpng: echoing on \S+\nudpng: reachable by: every host that can reach :\d+; --allow limits it\nudpng: 1 datagram received, 1 sent back, nothing lost\n$/,
    )
    expect(code).toBe(0)
  })

  it('CLI-15 when it is interrupted, what has arrived is answered', async () => {
    const { running, port } = await udpng.start('echo', '127.0.0.1:0')
    using _ = running
    await using sink = await Sink.open()
    process.kill(running.pid as number, 'SIGSTOP')
    for (let count = 0; count < 100; count++) sink.socket.send('x', Number(port), '127.0.0.1')
    await sink.sent()
    running.kill('SIGINT')
    process.kill(running.pid as number, 'SIGCONT')
    const { stderr } = await running.end
    expect(stderr).toContain('100 datagrams received, 100 sent back, nothing lost')
    expect(await sink.quiet()).toHaveLength(100)
  })

  it('CLI-73 --allow, --rate-per-host and --rate limit whom it answers; the rest is counted', async () => {
    const options = [
      '--allow',
      '127.0.0.1',
      '--allow',
      '::1',
      '--rate-per-host',
      '5',
      '--rate',
      '8',
      '--json',
    ]
    const { running, port } = await udpng.start('echo', ':0', ...options)
    using _ = running
    await running.says(/reachable by: 127\.0\.0\.1, ::1\n/)
    await using allowed = await Sink.open()
    await using other = await Sink.open('127.0.0.2')
    // It gets all of them at once.
    process.kill(running.pid as number, 'SIGSTOP')
    for (const sink of [allowed, other]) {
      for (let i = 0; i < 20; i++) sink.socket.send(`${i}`, Number(port), '127.0.0.1')
      await sink.sent()
    }
    process.kill(running.pid as number, 'SIGCONT')
    await eventually(() => allowed.arrived.length >= 5, 'five answers')
    await running.says(/20 dropped, not in --allow/)
    running.kill('SIGINT')
    const { stdout } = await running.end
    const { received, sent, lost } = JSON.parse(stdout) as {
      received: number
      sent: number
      lost: Record<string, number>
    }
    expect([received, lost['notAllowed']]).toEqual([40, 20])
    expect(lost['overHostRate']).toBeGreaterThan(0)
    expect(sent + (lost['overHostRate'] ?? 0)).toBe(20)
    expect(await other.quiet()).toEqual([])
  })

  it.each([
    ['--allow', '10.0.0.0/33'],
    ['--allow', 'host'],
    ['--rate', '0'],
    ['--rate-per-host', '-1'],
  ])('CLI-73 %s %s: one line, exit code 2', async (...args) => {
    const { code, stderr } = await udpng.run('echo', '127.0.0.1:0', ...args).end
    expect(stderr).toMatch(/^udpng: invalid --[\w-]+ '[^\n]*': it must be [^\n]*\n$/)
    expect(code).toBe(2)
  })

  it('CLI-23 answers python, whole datagrams of every size', async ({ skip }) => {
    needs(skip, 'python3')
    const { running, port } = await udpng.start('echo', '127.0.0.1:0')
    using _ = running
    using python = new Running('python3', ['-c', PYTHON, port])
    const { stdout, stderr } = await python.end
    expect(stderr).toBe('')
    expect(stdout).toBe([0, 1, 1472, 9000, 65507].map((n) => `${n} [True, True]\n`).join(''))
  })

  it('CLI-23 answers netcat, a line each', async ({ skip }) => {
    needs(skip, 'nc')
    const { running, port } = await udpng.start('echo', '127.0.0.1:0')
    using _ = running
    using nc = new Running('nc', ['-u', '-n', '127.0.0.1', port])
    for (const line of ['one\n', 'two\n']) {
      nc.type(line)
      await nc.says(line)
    }
  })

  it('CLI-23 answers socat', async ({ skip }) => {
    needs(skip, 'socat')
    const { running, port } = await udpng.start('echo', '[::1]:0')
    using _ = running
    using socat = new Running('socat', ['-t', '2', '-', `UDP6:[::1]:${port}`])
    socat.type('to and fro')
    await socat.says('to and fro')
  })
})
