import { Running } from 'test-support'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { needs, Udpng } from './command.js'
import { Sink } from './sink.js'

const udpng = new Udpng()

/** Starts it, sends these, waits until it says `last`, interrupts it; gives all it wrote. */
async function listen(datagrams: readonly (string | Buffer)[], last: string, ...args: string[]) {
  const { running, port } = await udpng.start('listen', '127.0.0.1:0', ...args)
  using _ = running
  await using sink = await Sink.open()
  for (const data of datagrams) sink.socket.send(data, Number(port), '127.0.0.1')
  await running.says(last)
  running.kill('SIGINT')
  return { ...(await running.end), from: `127.0.0.1:${sink.port}`, port: sink.port }
}

describe('listen', () => {
  it('CLI-12 shows text with its source; what could drive a terminal is escaped', async () => {
    const { code, stdout, stderr, from } = await listen(
      ['hello', 'with newline\n', '\x1b[2J\x07', Buffer.from([0x66, 0xe9]), 'ü', 'end'],
      ' end\n',
    )
    expect(stdout.split('\n')).toEqual([
      `${from} hello`,
      `${from} with newline`,
      `${from} \\x1b[2J\\x07`,
      `${from} f\\xe9`,
      `${from} ü`,
      `${from} end`,
      '',
    ])
    expect(stderr).toMatch(
      /^udpng: listening on 127\.0\.0\.1:\d+\nudpng: 6 datagrams received \(30 bytes\), 6 written, nothing lost\n$/,
    )
    expect(code).toBe(0)
  })

  it('CLI-12 --json: a line for each, with source, time, base64, and text where it is text', async () => {
    const before = Date.now()
    const { stdout, port } = await listen(
      ['hü\n', Buffer.from([0xff, 0]), ''],
      '"bytes":0',
      '--json',
    )
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const source = { host: '127.0.0.1', port, time: expect.any(String) }
    expect(lines).toEqual([
      { ...source, bytes: 4, base64: 'aMO8Cg==', text: 'hü\n' },
      { ...source, bytes: 2, base64: '/wA=' },
      { ...source, bytes: 0, base64: '', text: '' },
    ])
    for (const { time } of lines) {
      expect(time).toBe(new Date(time).toISOString())
      expect(Date.parse(time)).toBeGreaterThanOrEqual(before)
    }
  })

  it('CLI-12 --hex: bytes, sixteen in a line', async () => {
    const { stdout, from } = await listen(['0123456789abcdef\x00\x7f~', 'end'], '|end|', '--hex')
    expect(stdout).toBe(
      [
        `${from} 19 bytes`,
        '00000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  |0123456789abcdef|',
        '00000010  00 7f 7e                                         |..~|',
        `${from} 3 bytes`,
        '00000000  65 6e 64                                         |end|',
        '',
      ].join('\n'),
    )
  })

  it('CLI-12 --raw: the bytes and nothing else', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
    const { running, port } = await udpng.start('listen', '127.0.0.1:0', '--raw', '--count', '2')
    using _ = running
    running.readBytes()
    await using sink = await Sink.open()
    sink.socket.send(bytes, Number(port), '127.0.0.1')
    sink.socket.send('end', Number(port), '127.0.0.1')
    expect((await running.end).stdout).toBe(`${bytes.toString('latin1')}end`)
  })

  it('CLI-12 :0 serves IPv4 and IPv6, and calls IPv4 sources what they are', async ({ skip }) => {
    const v6 = await Sink.open('::1').catch(() => skip('there is no IPv6 here'))
    await using _v6 = v6
    await using v4 = await Sink.open()
    const { running, port } = await udpng.start('listen', ':0')
    using _ = running
    v4.socket.send('four', Number(port), '127.0.0.1')
    v6.socket.send('six', Number(port), '::1')
    await running.says(`127.0.0.1:${v4.port} four\n`)
    await running.says(`[::1]:${v6.port} six\n`)
  })

  it('CLI-13 --count n ends it after n datagrams; others are counted', async () => {
    const { running, port } = await udpng.start('listen', '127.0.0.1:0', '--count', '3')
    using _ = running
    await udpng.run('send', `:${port}`, 'x', '--repeat', '100').end
    const { code, stdout, stderr } = await running.end
    expect(stdout.split(' x\n')).toHaveLength(4)
    const [, received] = stderr.match(/(\d+) datagrams received/) ?? []
    const [, losses = ''] = stderr.match(/, 3 written, (.*)\n$/) ?? []
    const lost = [...losses.matchAll(/\d+/g)].reduce((all, [count]) => all + Number(count), 0)
    // What had not been received when there were enough is counted too, as far as the transport knows of it.
    expect(lost).toBeGreaterThanOrEqual(Number(received) - 3)
    expect(losses).toMatch(lost === 0 ? /^nothing lost$/ : /\d+ (not read|dropped because)/)
    expect(code).toBe(0)
  })

  it('CLI-13 what the kernel drops is reported: received + lost = sent', async () => {
    const { running, port } = await udpng.start(
      'listen',
      '127.0.0.1:0',
      '--raw',
      '--recv-buffer',
      '4096',
    )
    using _ = running
    process.kill(running.pid as number, 'SIGSTOP')
    await using sink = await Sink.open()
    const sent = 500
    await Promise.all(
      Array.from(
        { length: sent },
        () =>
          new Promise((resolve) =>
            sink.socket.send('datagram\n', Number(port), '127.0.0.1', resolve),
          ),
      ),
    )
    process.kill(running.pid as number, 'SIGCONT')
    await running.says('datagram\n')
    running.kill('SIGINT')
    const { stderr } = await running.end
    const [, received, lost] =
      stderr.match(/ (\d+) datagrams received .* (\d+) dropped by the kernel\n$/) ?? []
    expect(Number(lost)).toBeGreaterThan(0)
    expect(Number(received) + Number(lost)).toBe(sent)
  })

  it('CLI-14 --group with an address that receives no multicast is refused', async () => {
    const args = ['listen', '127.0.0.1:1500', '--group', '239.255.77.1']
    const { code, stderr } = await udpng.run(...args).end
    expect(stderr).toBe('udpng: a socket bound to 127.0.0.1 receives no multicast; use :1500\n')
    expect(code).toBe(2)
  })

  it('CLI-14 --group joins multicast groups; two listeners share a port', async ({ skip }) => {
    const on = ['--group', '239.255.77.1', '--group', '239.255.77.2', '--interface', '127.0.0.1']
    const { running: one, port } = await udpng.start('listen', ':0', ...on)
    using _one = one
    const { running: two } = await udpng.start('listen', `:${port}`, ...on)
    using _two = two
    const to = ['--interface', '127.0.0.1', '--ttl', '0']
    const { code, stderr } = await udpng.run('send', `239.255.77.2:${port}`, 'to all', ...to).end
    if (stderr.includes('no route')) return skip('there is no multicast here')
    expect([code, stderr]).toEqual([0, ''])
    await one.says('to all\n')
    await two.says('to all\n')
  })

  it('CLI-14 --source receives a group only from that host', async ({ skip }) => {
    const on = ['--group', '239.255.77.3', '--interface', '127.0.0.1']
    const other = ['--source', '198.51.100.1']
    const { running: deaf, port } = await udpng.start('listen', ':0', ...on, ...other)
    using _deaf = deaf
    const own = ['--source', '127.0.0.1']
    const { running: hearing } = await udpng.start('listen', `:${port}`, ...on, ...own)
    using _hearing = hearing
    const to = ['--interface', '127.0.0.1', '--ttl', '0']
    const { code, stderr } = await udpng.run('send', `239.255.77.3:${port}`, 'from it', ...to).end
    if (stderr.includes('no route')) return skip('there is no multicast here')
    expect([code, stderr]).toEqual([0, ''])
    await hearing.says('from it\n')
    deaf.kill('SIGINT')
    expect((await deaf.end).stdout).toBe('')
  })

  it.each([
    [['--source', '127.0.0.1'], '--source has no effect without --group; add --group'],
    [
      ['--group', '239.255.77.3', '--source', '::1'],
      '--group 239.255.77.3, --source ::1: IPv4 and IPv6 are mixed; use addresses of one family',
    ],
    [['--group', '239.255.77.3', '--source', '239.1.2.3'], 'it must be the IP address of a host'],
  ])('CLI-14 %j is refused', async (args, message) => {
    const { code, stderr } = await udpng.run('listen', ':1500', ...args).end
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })

  it('CLI-14 says so if other groups are shown, too', async ({ skip }) => {
    vi.stubEnv('UDPNG_TRANSPORT', 'dgram')
    onTestFinished(() => void vi.unstubAllEnvs())
    const on = ['--group', '239.255.77.3', '--interface', '127.0.0.1']
    using running = udpng.run('listen', ':0', ...on)
    const [stderr] = await running.says(/no route|also shows datagrams of multicast groups/)
    skip(stderr === 'no route', 'there is no multicast here')
  })

  it('CLI-23 shows what socat sends', async ({ skip }) => {
    needs(skip, 'socat')
    const { running, port } = await udpng.start('listen', ':0')
    using _ = running
    using socat = new Running('socat', ['-u', '-', `UDP4:127.0.0.1:${port}`])
    socat.type('from socat')
    socat.typeNoMore()
    await running.says(/^127\.0\.0\.1:\d+ from socat\n/)
  })

  it('CLI-23 shows what netcat sends, on IPv6', async ({ skip }) => {
    needs(skip, 'nc')
    const { running, port } = await udpng.start('listen', '[::1]:0')
    using _ = running
    using nc = new Running('nc', ['-u', '-N', '-w', '1', '::1', port])
    nc.type('from netcat\n')
    nc.typeNoMore()
    await running.says(/^\[::1\]:\d+ from netcat\n/)
  })

  it('CLI-23 receives the syslog of logger', async ({ skip }) => {
    needs(skip, 'logger')
    const { running, port } = await udpng.start('listen', '127.0.0.1:0', '--json')
    using _ = running
    const to = ['--server', '127.0.0.1', '--port', port, '--udp']
    using logger = new Running('logger', [
      ...to,
      '--priority',
      'user.info',
      '--tag',
      'test',
      'hello',
    ])
    expect(await logger.end).toMatchObject({ code: 0, stderr: '' })
    await running.says('"text"')
    expect(JSON.parse(running.stdout).text).toMatch(/^<14>.* test .*hello$/)
  })

  it('CLI-25 on a terminal shows datagrams, and Ctrl-C its account', async ({ skip }) => {
    needs(skip, 'script')
    using running = udpng.onTerminal('listen', '127.0.0.1:0')
    const [, port] = await running.says(/listening on 127\.0\.0\.1:(\d+)\r\n/)
    await udpng.run('send', `:${port}`, 'hello').end
    await running.says(' hello\r\n')
    running.type('\x03')
    const { code, stdout } = await running.end
    expect(stdout).toMatch(
      /\r\n\S*udpng:\S* 1 datagram received \(5 bytes\), 1 written, nothing lost\r\n$/,
    )
    expect(code).toBe(0)
  })
})
