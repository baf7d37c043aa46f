import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import { has, Running } from 'test-support'
import { Program } from 'test-support/program'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let program: Program

beforeAll(async () => {
  program = await Program.make(join(import.meta.dirname, '..'))
})

afterAll(() => program[Symbol.dispose]())

/** Prints its port, then what it receives and from which port, and answers each datagram. */
const PYTHON = `
import socket, sys
s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 0))
print('port', s.getsockname()[1], flush=True)
while True:
    data, sender = s.recvfrom(65536)
    print(data, 'from', sender[1], flush=True)
    s.sendto(b'got ' + data, sender)
`

/** Where the program says that it receives. */
async function hereOf(run: Running): Promise<string> {
  const [, here = ''] = await run.says(/listening on (\S+?); type/)
  return here
}

const portOf = (address: string): string => address.slice(address.lastIndexOf(':') + 1)

describe.skipIf(!has('python3'))('with a program that is not ours', () => {
  it.each(['127.0.0.1', '::1'])(
    'EXA-01 lines reach a receiver on %s as one datagram each, and its replies are shown',
    async (host) => {
      const at = host === '::1' ? '[::1]' : host
      using python = new Running('python3', ['-c', PYTHON, host])
      const [, port] = await python.says(/port (\d+)/)
      using run = program.run('--to', `${at}:${port}`, '--local', `${at}:0`)
      const here = portOf(await hereOf(run))
      run.type('one\ntw')
      run.type('o\n\nthree')
      run.typeNoMore()
      const { code, stdout } = await run.end
      expect(code).toBe(0)
      expect(stdout).toBe(
        ['one', 'two', '', 'three'].map((line) => `${at}:${port} got ${line}\n`).join(''),
      )
      const received = python.stdout.split('\n').slice(1, -1)
      expect(received).toEqual(
        ['one', 'two', '', 'three'].map((line) => `b'${line}\\n' from ${here}`),
      )
    },
  )
})

describe('with an echo server of its own', () => {
  it('EXA-01 piped lines come back, on standard output nothing else, and it ends by itself', async () => {
    using run = program.run()
    run.type('one\ntwo\n')
    run.typeNoMore()
    const { code, stdout, stderr } = await run.end
    expect(stdout).toMatch(/^127\.0\.0\.1:(\d+) one\n127\.0\.0\.1:\1 two\n$/)
    expect(stderr).toMatch(
      /^sending to .*, listening on .*; type a line, Ctrl-D or Ctrl-C quits\n$/,
    )
    expect(code).toBe(0)
  })

  it('EXA-01 lines that were lost on the way are reported, all others are shown', async () => {
    using run = program.run()
    run.type('line\n'.repeat(20_000))
    run.typeNoMore()
    const { code, stdout, stderr } = await run.end
    const shown = stdout.split('\n').length - 1
    const [, lost = 0] = stderr.match(/^(\d+) of 20000 lines did not come back/m) ?? []
    expect(shown + Number(lost)).toBe(20_000)
    expect(code).toBe(0)
  })

  it('EXA-01 without a line it ends at once', async () => {
    using run = program.run()
    run.typeNoMore()
    expect(await run.end).toMatchObject({ code: 0, stdout: '' })
  })

  it('EXA-01 with its ports taken it takes others', async () => {
    // The ports are taken now: by another program, or by this test.
    const sockets = await Promise.all(
      [1500, 1501].map(async (port) => {
        const socket = createSocket('udp4')
        socket.bind(port, '127.0.0.1')
        await Promise.race([once(socket, 'listening'), once(socket, 'error')]).catch(() => {})
        return socket
      }),
    )
    try {
      using run = program.run()
      run.type('one\n')
      run.typeNoMore()
      const { code, stdout, stderr } = await run.end
      const [, there = '', here = ''] =
        stderr.match(/sending to (\S+) \(an echo server\), listening on (\S+?); type/) ?? []
      expect(stdout).toBe(`${there} one\n`)
      expect(Number(portOf(there))).not.toBe(1500)
      expect(Number(portOf(here))).not.toBe(1501)
      expect(code).toBe(0)
    } finally {
      for (const socket of sockets) socket.close()
    }
  })

  it.skipIf(!has('bash'))(
    'EXA-01 shows datagrams of others, with where they come from',
    async () => {
      using run = program.run()
      const port = portOf(await hereOf(run))
      using bash = new Running('bash', ['-c', `printf 'from bash' > /dev/udp/127.0.0.1/${port}`])
      expect((await bash.end).code).toBe(0)
      await run.says(/^127\.0\.0\.1:\d+ from bash\n/)
      run.kill('SIGINT')
      expect(await run.end).toMatchObject({ code: 0 })
    },
  )

  it('EXA-01 a terminal cannot be driven by what arrives', async () => {
    using run = program.run()
    run.type('\x1b[2Jbell\x07\n')
    run.typeNoMore()
    expect((await run.end).stdout).toMatch(/ \\x1b\[2Jbell\\x07\n$/)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('EXA-01 %s ends it, without a word', async (signal) => {
    using run = program.run()
    await hereOf(run)
    run.kill(signal)
    const { code, stdout, stderr } = await run.end
    expect([code, stdout, stderr.split('\n').length]).toEqual([0, '', 2])
  })

  it('EXA-01 it ends with exit code 0 when the reader closes the pipe', async () => {
    using run = program.run()
    await hereOf(run)
    run.closeOutput()
    run.type('one\n')
    const { code, stderr } = await run.end
    expect([code, stderr.split('\n').length]).toEqual([0, 2])
  })
})

describe.skipIf(!has('script'))('on a terminal', () => {
  const OVER = '\r\x1b[K'

  it('EXA-01 it asks with a prompt, shows replies in the place of the prompt, and Ctrl-D quits', async () => {
    using run = program.runOnTerminal()
    await run.says(`Ctrl-C quits\r\n${OVER}>>> `)
    run.type('hello\n')
    await run.says(` hello\r\n${OVER}>>> `)
    run.type('\x04')
    const { code, stdout } = await run.end
    expect(stdout.replaceAll(OVER, '<over>').split('\r\n').slice(1)).toEqual([
      '<over>>>> hello',
      expect.stringMatching(/^>>> <over>127\.0\.0\.1:\d+ hello$/),
      '<over>>>> ',
      '',
    ])
    expect(code).toBe(0)
  })

  it('EXA-01 Ctrl-C quits, in the middle of a line', async () => {
    using run = program.runOnTerminal()
    await run.says(`${OVER}>>> `)
    run.type('hal')
    await run.says('>>> hal')
    run.type('\x03')
    const { code, stdout } = await run.end
    expect(stdout.split('\n').at(-2)).toMatch(/>>> hal\^C\r$/)
    expect(stdout.endsWith('\n')).toBe(true)
    expect(code).toBe(0)
  })
})

describe('what it refuses', () => {
  it.each([
    [['--to', ':0']],
    [['--to', '[::1]:1500', '--local', '127.0.0.1:0']],
    [['--to']],
    [['--local', '127.1:1501']],
    [['--lokal', ':1501']],
    [['127.0.0.1:1500']],
  ])('EXA-01 %j: one line, and exit code 2', async (args) => {
    using run = program.run(...args)
    const { code, stdout, stderr } = await run.end
    expect(stderr).toMatch(/^[^\n]+\n$/)
    expect([code, stdout]).toEqual([2, ''])
  })

  it('EXA-01 an address that cannot be bound: one line, and exit code 1', async () => {
    const taken = createSocket('udp4').bind(0, '127.0.0.1')
    await once(taken, 'listening')
    try {
      const local = `127.0.0.1:${taken.address().port}`
      using run = program.run('--local', local)
      const { code, stdout, stderr } = await run.end
      expect(stderr).toMatch(/^[^\n]*already in use[^\n]*\n$/)
      expect(stderr).toContain(local)
      expect([code, stdout]).toEqual([1, ''])
    } finally {
      taken.close()
    }
  })

  it('EXA-01 a host that is not known: one line, however many lines there are, and exit code 1', async () => {
    using run = program.run('--to', 'no-such-host.invalid:1500')
    run.type('one\ntwo\n')
    const { code, stdout, stderr } = await run.end
    expect(stderr).toMatch(/^sending to [^\n]+\n[^\n]*no-such-host\.invalid[^\n]*\n$/)
    expect([code, stdout]).toEqual([1, ''])
  })
})
