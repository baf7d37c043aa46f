import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Running } from 'test-support'
import { describe, expect, it } from 'vitest'
import { makeProgram } from '../src/main.js'
import { needs, portOf, Udpng } from './command.js'
import { Sink } from './sink.js'

const udpng = new Udpng()
const commands = makeProgram()
  .createHelp()
  .visibleCommands(makeProgram())
  .map((command) => command.name())
  .filter((name) => name !== 'help')

describe('help', () => {
  it('CLI-03 lists all commands, on standard output', async () => {
    const { code, stdout, stderr } = await udpng.run('--help').end
    expect([code, stderr]).toEqual([0, ''])
    expect(commands.length).toBeGreaterThan(8)
    for (const name of commands) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
  })

  it('CLI-03 of each command has examples, and fits a terminal of 80 columns', () => {
    const program = makeProgram()
    for (const command of program.commands.filter((each) => commands.includes(each.name()))) {
      let help = ''
      command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 80 })
      command.outputHelp()
      expect(help, command.name()).toMatch(/\nExamples:\n {2}\$ .*udpng /)
      const [description = ''] = help.split('\nExamples:')
      expect(Math.max(...description.split('\n').map((line) => line.length))).toBeLessThan(81)
    }
  })

  it('CLI-03 send --help: on standard output, exit code 0', async () => {
    const { code, stdout, stderr } = await udpng.run('send', '--help').end
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Usage: udpng send ')
  })

  it('CLI-03 --version is that of the package', async () => {
    expect(await udpng.run('--version').end).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    })
  })

  it('CLI-03 without a command: the help, as an error', async () => {
    const { code, stdout, stderr } = await udpng.run().end
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Usage: udpng ')
  })
})

describe('errors', () => {
  it.each([
    [['sned', ':1']],
    [['send']],
    [['send', '1500']],
    [['send', ':0', 'text']],
    [['send', ':1', '--rate', 'fast']],
    [['send', ':1', '--raw', '--one']],
    [['send', ':1', 'text', '--raw']],
    [['listen', ':1', '--hex', '--json']],
    [['listen', '127.1:1']],
    [['listen', '127.0.0.1:0', '--group', '10.0.0.1']],
    [['listen', ':1', ':2']],
    [['relay', ':1']],
    [['relay', ':1', '--to', ':2', '--idle', '60']],
    [['console']],
    [['console', '--to', '[::1]:1', '--local', '127.0.0.1:0']],
    [['top', 'not a url']],
    [['bench', '--for', '1']],
    [['bench', '--transport', 'tcp']],
    [['completion', 'csh']],
    [['--wrong']],
  ])('CLI-04 %j: one line on standard error, exit code 2', async (args) => {
    using running = udpng.run(...args)
    running.typeNoMore()
    const { code, stdout, stderr } = await running.end
    expect(stderr).toMatch(/^udpng: [^\n]+\n$/)
    expect([code, stdout]).toEqual([2, ''])
  })

  it.each<[args: string[], message: string]>([
    [
      ['listen', ':0', '--interface', 'lo'],
      '--interface has no effect without --group; add --group, or listen on an address of the interface',
    ],
    [
      ['listen', '[::]:0', '--group', '239.255.77.1'],
      '[::]:0, --group 239.255.77.1: IPv4 and IPv6 are mixed; use addresses of one family',
    ],
    [
      ['send', '127.0.0.1:9', 'text', '--interface', 'lo'],
      '--interface is for multicast, but 127.0.0.1 is not a multicast address; select the interface with --local and one of its addresses',
    ],
    [
      ['send', '127.255.255.255:9', 'text', '--broadcast', '--ttl', '3'],
      '--ttl is for multicast, but 127.255.255.255 is not a multicast address; omit it',
    ],
    [
      ['send', '127.0.0.1:9', 'text', '--local', '[::1]:0'],
      '--local is ::1, an IPv6 address, but 127.0.0.1 is reached over IPv4; give --local an IPv4 address',
    ],
    [
      ['console', '--to', '[::1]:9', '--local', '127.0.0.1:0'],
      '--local is 127.0.0.1, an IPv4 address, but ::1 is reached over IPv6; give --local an IPv6 address',
    ],
  ])('OPT-09 %j is refused: what is wrong with these flags, exit code 2', async (args, message) => {
    using running = udpng.run(...args)
    running.typeNoMore()
    const { code, stdout, stderr } = await running.end
    expect([code, stdout, stderr]).toEqual([2, '', `udpng: ${message}\n`])
  })

  it('OPT-09 a command without --broadcast does not advise to give it', async ({ skip }) => {
    if (process.platform !== 'linux') skip('elsewhere it may be permitted')
    using running = udpng.run('console', '--to', '127.255.255.255:9', '--linger', '0s')
    running.type('text\n')
    running.typeNoMore()
    const { stderr } = await running.end
    expect(stderr).toContain(
      '; if it is a broadcast address, choose another: this command does not send broadcasts\n',
    )
    expect(stderr).not.toContain('--broadcast')
  })

  it('OPT-09 a kernel buffer that is smaller than asked for is reported by the name of the flag', async ({
    skip,
  }) => {
    if (process.platform !== 'linux') skip('only Linux has net.core.rmem_max')
    const { running } = await udpng.start('listen', '127.0.0.1:0', '--recv-buffer', '2147483647')
    using _ = running
    await running.says(/--recv-buffer is \d+, not 2147483647: raise net\.core\.rmem_max\n/)
  })

  it.each([['listen'], ['echo'], ['relay', '--to', ':9']])(
    'CLI-04 %s at a port that is taken: one line that says so, exit code 1',
    async (name, ...others) => {
      const taken = createSocket('udp4').bind(0, '127.0.0.1')
      await once(taken, 'listening')
      const address = `127.0.0.1:${taken.address().port}`
      try {
        const { code, stdout, stderr } = await udpng.run(name, address, ...others).end
        expect(stderr).toMatch(/^udpng: cannot bind [^\n]*already in use[^\n]*\n$/)
        expect(stderr).toContain(address)
        expect([code, stdout]).toEqual([1, ''])
      } finally {
        taken.close()
      }
    },
  )

  it.each([
    ['send', 'no-such-host.invalid:1', 'text'],
    ['console', '--to', 'no-such-host.invalid:1'],
    ['relay', '127.0.0.1:0', '--to', 'no-such-host.invalid:1'],
    ['listen', 'no-such-host.invalid:1'],
  ])('CLI-04 %s to a host that is not found: at once, exit code 1', async (...args) => {
    const { code, stderr } = await udpng.run(...args).end
    expect(stderr).toMatch(/^udpng: no-such-host\.invalid: [^\n]*give an IP address\n$/)
    expect(code).toBe(1)
  })
})

/** Lets setTimeout wait a thousand times as long where it is to wait for seconds. */
const LONG_SECONDS = encodeURIComponent(`
  const { setTimeout } = globalThis
  globalThis.setTimeout = (call, ms, ...rest) => setTimeout(call, ms < 1000 ? ms : 1000 * ms, ...rest)
`)

describe('interrupts', () => {
  it.each([
    ['SIGINT', 'listen'],
    ['SIGTERM', 'echo'],
    ['SIGINT', 'relay', '--to', '127.0.0.1:9'],
  ] as const)('CLI-05 %s ends %s, with exit code 0', async (signal, name, ...others) => {
    const options = `export NODE_OPTIONS="--import data:text/javascript,${LONG_SECONDS}"`
    using running = udpng.program.runAfter(options, name, '127.0.0.1:0', ...others)
    await portOf(running)
    running.kill(signal)
    const { code, stderr } = await running.end // by itself: its deadline is half an hour away
    expect(stderr).toMatch(/\nudpng: 0 datagrams received[^\n]*, nothing lost\n$/)
    expect(code).toBe(0)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('CLI-05 a second %s exits at once, with code %i', async (signal, exitCode) => {
    // Its output is not read: so it cannot end by itself.
    const { running, port } = await udpng.start('listen', '127.0.0.1:0')
    using _ = running
    running.stopReading()
    using sender = udpng.run(
      'send',
      `:${port}`,
      'x'.repeat(1000),
      '--repeat',
      '1000',
      '--rate',
      '4000',
    )
    await sender.end
    // The first that comes half a second after the one it heeded is the second one.
    const kills = setInterval(() => running.kill(signal), 50)
    const { code } = await running.exited
    clearInterval(kills)
    expect(code).toBe(exitCode)
  })

  it('CLI-05 what has arrived is written before it ends', async () => {
    const { running, port } = await udpng.start('listen', '127.0.0.1:0')
    using _ = running
    using sender = udpng.run('send', `:${port}`, 'last words', '--repeat', '100')
    await sender.end
    running.kill('SIGINT')
    const { stdout, stderr } = await running.end
    expect(stdout.split('last words\n')).toHaveLength(101)
    expect(stderr).toContain('100 datagrams received (1 000 bytes), 100 written, nothing lost')
  })
})

describe('pipes that are closed or not read', () => {
  it('CLI-06 listen | head -1: exit code 0, and no complaint', async () => {
    const { running, port } = await udpng.start('listen', '127.0.0.1:0')
    using _ = running
    running.closeOutput()
    using sender = udpng.run('send', `:${port}`, 'text', '--rate', '50', '--repeat', '100')
    const { code, stderr } = await running.end
    expect(code).toBe(0)
    expect(stderr.split('\n').slice(1).join('')).toMatch(/^(udpng: \d+ datagrams? received.*)?$/)
    sender.kill('SIGKILL')
  })

  it.each([
    ['listen', '--raw'],
    ['listen', '--json'],
  ])('CLI-06 %s %s: the same', async (name, form) => {
    const { running, port } = await udpng.start(name, '127.0.0.1:0', form)
    using _ = running
    running.closeOutput()
    using sender = udpng.run('send', `:${port}`, 'text', '--rate', '50', '--repeat', '100')
    expect((await running.end).code).toBe(0)
    sender.kill('SIGKILL')
  })

  it('CLI-06 doctor, completion, help: exit code 0', async () => {
    for (const args of [['doctor', '--json'], ['completion', 'bash'], ['--help']]) {
      const command = [process.execPath, udpng.program.path, ...args].join(' ')
      using shell = new Running('bash', ['-c', `${command} | true; echo "$\{PIPESTATUS[0]}"`])
      expect(await shell.end).toEqual({ code: 0, stdout: '0\n', stderr: '' })
    }
  })
})

describe('standard error', () => {
  it('CLI-07 --quiet: nothing but errors', async () => {
    const { running, port } = await udpng.start('echo', '127.0.0.1:0')
    using _ = running
    using quiet = udpng.run('send', `:${port}`, 'a', 'b'.repeat(65_508), '--quiet', '--verbose')
    const { code, stdout, stderr } = await quiet.end
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^udpng: cannot send to [^\n]*\n$/)
    const free = await freePort()
    using listener = udpng.run('echo', `127.0.0.1:${free}`, '--quiet')
    // It prints nothing: that it answers is the event to wait for.
    await using client = await Sink.open()
    const asking = setInterval(() => client.socket.send('x', free, '127.0.0.1'), 50)
    await client.first
    clearInterval(asking)
    listener.kill('SIGINT')
    expect((await listener.end).stderr).toBe('')
  })

  it('CLI-07 send from a script is silent when all went well, and prints the summary with --verbose', async () => {
    const { running, port } = await udpng.start('echo', '127.0.0.1:0')
    using _ = running
    expect(await udpng.run('send', `:${port}`, 'a').end).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    })
    const { stderr } = await udpng.run('send', `:${port}`, 'a', 'bc', '-v').end
    expect(stderr).toMatch(/^udpng: 2 datagrams sent \(3 bytes\) in \d+\.\d s\n$/)
  })

  it('CLI-07 colors are for terminals, and not with --no-color or NO_COLOR', async ({ skip }) => {
    needs(skip, 'script')
    const args = ['send', 'no-such-host.invalid:1', 'text']
    const { stdout: colored } = await udpng.onTerminal(...args).end
    expect(colored.startsWith('\x1b[31mudpng:\x1b[39m no-such-host')).toBe(true)
    const { stdout: plain } = await udpng.onTerminal(...args, '--no-color').end
    expect(plain).toMatch(/^udpng: no-such-host/)
    process.env['NO_COLOR'] = '1'
    try {
      expect((await udpng.onTerminal(...args).end).stdout).toBe(plain)
    } finally {
      delete process.env['NO_COLOR']
    }
  })

  it('CLI-07 a closed standard error is not a reason to stop', async () => {
    const { running, port } = await udpng.start('echo', '127.0.0.1:0')
    using _ = running
    const command = [process.execPath, udpng.program.path, 'send', `:${port}`, 'a', '-v'].join(' ')
    using shell = new Running('bash', ['-c', `${command} 2> >(true); echo "$?"`])
    expect((await shell.end).stdout).toBe('0\n')
  })
})

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
