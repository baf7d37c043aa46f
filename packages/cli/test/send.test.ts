import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, Running, turn } from 'test-support'
import { describe, expect, it } from 'vitest'
import { needs, Udpng } from './command.js'
import { Sink } from './sink.js'

const udpng = new Udpng()

/** Sends to a sink, with this on standard input; gives what arrived and how it ended. */
async function send(input: string | Buffer, ...args: string[]) {
  await using sink = await Sink.open()
  using running = udpng.run('send', `:${sink.port}`, ...args)
  running.type(input)
  running.typeNoMore()
  const end = await running.end
  return { ...end, arrived: await sink.quiet() }
}

describe('send', () => {
  it('CLI-08 each argument is a datagram', async () => {
    const { code, arrived } = await send('', 'hello world', '', 'größer')
    expect(arrived.map(String)).toEqual(['hello world', '', 'größer'])
    expect(code).toBe(0)
  })

  it('CLI-08 each line of standard input is one, byte for byte, without its line end', async () => {
    const input = Buffer.from('one\r\ntwo\n\nno utf-8: \xff\xfe\x80\nlast', 'latin1')
    const { code, arrived } = await send(input)
    expect(arrived.map((data) => data.toString('latin1'))).toEqual([
      'one',
      'two',
      '',
      'no utf-8: \xff\xfe\x80',
      'last',
    ])
    expect(code).toBe(0)
  })

  it('CLI-08 --newline puts a newline after each', async () => {
    expect((await send('one\ntwo', '--newline')).arrived.map(String)).toEqual(['one\n', 'two\n'])
    expect((await send('', 'one', '--newline')).arrived.map(String)).toEqual(['one\n'])
  })

  it('CLI-08 --raw: bytes as they are, cut to --size', async () => {
    const input = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256))
    const { arrived } = await send(input, '--raw', '--size', '300')
    expect(Buffer.concat(arrived)).toEqual(input)
    expect(arrived.every((data) => data.length <= 300)).toBe(true)
    expect(arrived.length).toBe(4)
    expect((await send(Buffer.alloc(2000), '--raw')).arrived.map((data) => data.length)).toEqual([
      1472, 528,
    ])
  })

  it('CLI-66 --raw: every datagram has --size bytes but the last, however the input comes', async () => {
    // As many datagrams as the receive buffer of the sink holds, so that none is lost however busy the machine is.
    const input = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 251))
    const sizes = [
      ...Array.from({ length: Math.floor(100_000 / 1316) }, () => 1316),
      100_000 % 1316,
    ]
    await using sink = await Sink.open()
    const check = async (): Promise<void> => {
      const arrived = await sink.quiet()
      expect(arrived.map((data) => data.length)).toEqual(sizes)
      expect(Buffer.concat(arrived).equals(input)).toBe(true)
      sink.arrived.length = 0
    }
    const options = ['--raw', '--size', '1316', '--rate', '2000']
    const file = join(mkdtempSync(join(tmpdir(), 'udpng-raw-')), 'input')
    writeFileSync(file, input)
    const command = [process.execPath, udpng.program.path, 'send', `:${sink.port}`, ...options]
    using shell = new Running('sh', ['-c', `exec ${command.join(' ')} < ${file}`])
    expect((await shell.end).code).toBe(0)
    await check()
    using piped = udpng.run('send', `:${sink.port}`, ...options)
    for (let at = 0, length = 1; at < input.length; at += length, length = (length * 3) % 9973) {
      piped.type(input.subarray(at, at + length))
      if (at < 20_000) await turn() // so that it is read in small pieces
    }
    piped.typeNoMore()
    expect((await piped.end).code).toBe(0)
    await check()
  })

  it('CLI-66 --raw: interrupted, it sends what it has read as a shorter one', async () => {
    await using sink = await Sink.open()
    using running = udpng.run('send', `:${sink.port}`, '--raw', '--size', '10')
    running.type('0123456789rest')
    await sink.first
    running.kill('SIGTERM')
    expect((await running.end).code).toBe(143)
    expect((await sink.quiet()).map(String)).toEqual(['0123456789', 'rest'])
  })

  it('CLI-08 --one: all of standard input, if a datagram holds it', async () => {
    expect((await send('one\ntwo\n', '--one')).arrived.map(String)).toEqual(['one\ntwo\n'])
    expect((await send(Buffer.alloc(65_507), '--one')).arrived[0]?.length).toBe(65_507)
    const { code, stderr, arrived } = await send(Buffer.alloc(65_508), '--one')
    expect(stderr).toMatch(/^udpng: standard input is longer than 65507 bytes[^\n]*--raw\n$/)
    expect([code, arrived]).toEqual([1, []])
  })

  it('CLI-09 a million lines of a pipe are a million datagrams, and it says so', async () => {
    await using sink = await Sink.open()
    using running = udpng.run('send', `:${sink.port}`, '--json', '-v')
    running.type(Array.from({ length: 1_000_000 }, (_, index) => `${index}\n`).join(''))
    running.typeNoMore()
    const { code, stdout, stderr } = await running.end
    expect(JSON.parse(stdout)).toMatchObject({ sent: 1_000_000, sentBytes: 5_888_890, lost: {} })
    expect(stderr).toMatch(/^udpng: 1 000 000 datagrams sent \(5 888 890 bytes\) in \S+ s\n$/)
    expect(code).toBe(0)
  })

  it('CLI-09 it applies backpressure to the writer while it waits', async () => {
    await using sink = await Sink.open()
    const began = performance.now()
    using running = udpng.run('send', `:${sink.port}`, '--rate', '1')
    const megabytes = 8
    running.type(
      'x'
        .repeat(99)
        .concat('\n')
        .repeat(megabytes * 10_000),
    )
    await eventually(() => sink.arrived.length > 1, 'a second datagram, a second after the first')
    // What a pipe holds, what its reader holds, and one chunk more: the rest has to wait.
    expect(running.typedAhead).toBeGreaterThan((megabytes - 1) * 1_000_000)
    running.kill('SIGINT')
    running.typeNoMore()
    expect((await running.exited).code).toBe(130)
    const seconds = (performance.now() - began) / 1000
    expect((await sink.quiet()).length).toBeLessThanOrEqual(1 + seconds)
  })

  it('CLI-10 --repeat n sends each n times, --rate n sends n a second', async () => {
    await using sink = await Sink.open()
    const began = performance.now()
    const options = ['--repeat', '25', '--rate', '100']
    const { code } = await udpng.run('send', `:${sink.port}`, 'a', 'b', ...options).end
    const seconds = (performance.now() - began) / 1000
    const arrived = await sink.quiet()
    expect(arrived.map(String).join('')).toBe('a'.repeat(25) + 'b'.repeat(25))
    expect(code).toBe(0)
    // That they leave evenly is seen on a manual clock, in the tests of Pace.
    expect(seconds).toBeGreaterThan(0.48)
  })

  it('CLI-11 what cannot be sent is reported a line a second, and counted: exit code 1', async () => {
    const tooLong = 'x'.repeat(65_508)
    const { code, stderr, stdout, arrived } = await send(
      `one\n${`${tooLong}\n`.repeat(5)}two\n`,
      '--json',
    )
    expect(arrived.map(String)).toEqual(['one', 'two'])
    expect(JSON.parse(stdout)).toMatchObject({ sent: 2, lost: { TOO_LARGE: 5 } })
    const lines = stderr.trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(/^udpng: cannot send to .*: 65508 bytes are more than 65507/)
    expect(lines[1]).toMatch(/^udpng: 4 more errors, the latest: cannot send/)
    expect(lines[2]).toMatch(/^udpng: 2 datagrams sent .*, 5 failed \(TOO_LARGE\)$/)
    expect(code).toBe(1)
  })

  it('CLI-11 replies that are not read are not a loss', async () => {
    const { running, port } = await udpng.start('echo', '127.0.0.1:0')
    using _ = running
    const { code, stderr } = await udpng.run('send', `:${port}`, 'x', '--repeat', '5000', '-v').end
    expect(stderr).toMatch(/^udpng: 5 000 datagrams sent \(5 000 bytes\) in \S+ s\n$/)
    expect(code).toBe(0)
  })

  it('CLI-11 to a broadcast address: says which option it needs', async () => {
    const { code, stderr } = await udpng.run('send', '127.255.255.255:9', 'text').end
    expect(stderr).toContain('--broadcast')
    expect(code).toBe(1)
    const allowed = await udpng.run('send', '127.255.255.255:9', 'text', '--broadcast').end
    expect(allowed).toMatchObject({ code: 0, stderr: '' })
  })

  it('CLI-11 interrupted, it counts what was not sent: exit code 130', async () => {
    await using sink = await Sink.open()
    using running = udpng.run('send', `:${sink.port}`, 'x', '--rate', '10', '--repeat', '100')
    await sink.first
    running.kill('SIGINT')
    const { code, stderr } = await running.end
    const [, sent, unsent] = stderr.match(/(\d+) datagrams? sent .* (\d+) not sent\n$/) ?? []
    expect(Number(sent) + Number(unsent)).toBe(100)
    expect((await sink.quiet()).length).toBe(Number(sent))
    expect(code).toBe(130)
  })

  it('CLI-23 socat receives lines', async ({ skip }) => {
    needs(skip, 'socat')
    const port = await Sink.freePort()
    using socat = new Running('socat', ['-d', '-d', '-u', `UDP4-RECV:${port},bind=127.0.0.1`, '-'])
    await socat.says('starting data transfer loop')
    await udpng.run('send', `:${port}`, 'hello', ' socat\n').end
    await socat.says('hello socat\n')
  })

  it('CLI-23 netcat receives a file, byte for byte', async ({ skip }) => {
    needs(skip, 'nc')
    const port = await Sink.freePort()
    using nc = new Running('nc', ['-u', '-l', '-v', '-n', '127.0.0.1', `${port}`])
    await nc.says(/[Bb]ound|[Ll]istening/)
    using running = udpng.run('send', `:${port}`, '--raw', '--rate', '1000')
    running.type('line\n'.repeat(2000))
    running.typeNoMore()
    expect((await running.end).code).toBe(0)
    await nc.says(/^(line\n){2000}$/)
  })

  it('CLI-25 on a terminal it reports how far it is, and asks for lines', async ({ skip }) => {
    needs(skip, 'script')
    await using sink = await Sink.open()
    using running = udpng.onTerminal('send', `:${sink.port}`)
    await running.says('>>> ')
    running.type('hello\n')
    await running.says(/hello\r\n>>> /)
    running.type('\x04')
    const { code, stdout } = await running.end
    expect(stdout).toMatch(/udpng:\S* 1 datagram sent \(5 bytes\) in \S+ s\r\n$/)
    expect(code).toBe(0)
  })
})
