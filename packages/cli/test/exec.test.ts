import { describe, expect, it } from 'vitest'
import { Udpng } from './command.js'

const udpng = new Udpng()

/** A program that sends itself `count` datagrams and then does as `end` says. */
const program = (count: number, end = 'socket.close()') => `
  const socket = require('node:dgram').createSocket('udp4')
  let left = ${count}
  socket.on('message', () => { if (--left === 0) { console.log('all'); ${end} } })
  socket.bind(0, '127.0.0.1', () => {
    for (let i = 0; i < ${count}; i++) socket.send('four', socket.address().port)
  })`

async function exec(...args: string[]) {
  using running = udpng.run('exec', ...args)
  return await running.end
}

describe('udpng exec', () => {
  it('EXC-01 runs a program with batched I/O, and prints the account of each socket at the end', async () => {
    const { code, stdout, stderr } = await exec('--', process.execPath, '-e', program(3))
    expect([code, stdout]).toEqual([0, 'all\n'])
    expect(stderr).toMatch(
      /^udpng: node \(process \d+\): 1 socket\nudpng: 127\.0\.0\.1:\d+: 3 received \(12 bytes\), 3 sent \(12 bytes\), no(thing lost| loss reported)\n$/,
    )
  })

  it('EXC-01 counts only, with --transport dgram', async () => {
    const { stderr } = await exec('--transport', 'dgram', '--', process.execPath, '-e', program(2))
    expect(stderr).toContain('2 received (8 bytes), 2 sent (8 bytes), no loss reported')
  })

  it('EXC-02 as JSON, one line for each process and worker thread', async () => {
    const worker = `
      const { Worker } = require('node:worker_threads')
      new Worker(${JSON.stringify(program(1))}, { eval: true }).on('exit', () => {
        ${program(2)}
      })`
    const { code, stderr } = await exec('--json', '--', process.execPath, '-e', worker)
    expect(code).toBe(0)
    const reports = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(reports.map(({ thread, sockets }) => [thread > 0, sockets[0].received])).toEqual([
      [true, 1],
      [false, 2],
    ])
    expect(reports[1].sockets[0]).toMatchObject({
      local: ['127.0.0.1', expect.any(Number)],
      sent: 2,
      failed: {},
      isOpen: false,
    })
  })

  it('EXC-02 lists a hundred closed sockets, and adds up the others', async () => {
    const many = `
      const { createSocket } = require('node:dgram')
      const open = (left) => {
        if (left === 0) return
        const socket = createSocket('udp4', () => socket.close(() => open(left - 1)))
        socket.bind(0, '127.0.0.1', () => socket.send('x', socket.address().port))
      }
      open(250)`
    const { stderr } = await exec('--json', '--', process.execPath, '-e', many)
    const { sockets, others } = JSON.parse(stderr)
    expect(sockets.length).toBe(100)
    expect([others.sockets, others.sum.received, others.sum.sentBytes]).toEqual([150, 150, 150])
  })

  it.each([0, 1])(
    'EXC-02 sockets that were never bound do not hide the counters of the others: %i',
    async (unbound) => {
      const many = `
      const { createSocket } = require('node:dgram')
      const open = (left) => {
        if (left === 0) return
        const socket = createSocket('udp4')
        if (left % 2 === ${unbound}) return socket.close(() => open(left - 1))
        socket.bind(0, '127.0.0.1', () => socket.close(() => open(left - 1)))
      }
      open(250)`
      const { stderr } = await exec('--json', '--', process.execPath, '-e', many)
      const { sockets, others } = JSON.parse(stderr)
      const bound = sockets.find(({ local }: { local?: unknown }) => local)
      expect(others.sockets).toBe(150)
      expect([others.sum.transport, others.sum.refused]).toEqual([bound.transport, bound.refused])
    },
  )

  it('EXC-03 its exit code is that of the command; arguments, environment and options of Node.js reach it', async () => {
    const show =
      'console.log(process.argv.slice(1), process.env.NODE_OPTIONS.includes("--no-warnings")); process.exitCode = 3'
    const before = process.env['NODE_OPTIONS']
    process.env['NODE_OPTIONS'] = '--no-warnings'
    try {
      const { code, stdout } = await exec(
        '--quiet',
        process.execPath,
        '-e',
        show,
        'one',
        '-x',
        '--json',
        '--inspect',
      )
      expect([code, stdout]).toEqual([3, "[ 'one', '-x', '--json', '--inspect' ] true\n"])
    } finally {
      delete process.env['NODE_OPTIONS']
      if (before !== undefined) process.env['NODE_OPTIONS'] = before
    }
  })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'EXC-04 %s reaches the command, which ends by it, and its account is still printed',
    async (signal) => {
      using running = udpng.run('exec', '--', process.execPath, '-e', program(1, ''))
      await running.says('all')
      running.kill(signal)
      const { code, stderr } = await running.end
      expect(code).toBe(signal === 'SIGINT' ? 130 : 143)
      expect(stderr).toContain('1 received (4 bytes), 1 sent (4 bytes)')
    },
  )

  it('EXC-04 a program that handles the signal ends as it likes', async () => {
    const handles = `process.on('SIGTERM', () => { console.log('handled'); process.exit(7) }); ${program(1, '')}`
    using running = udpng.run('exec', '--', process.execPath, '-e', handles)
    await running.says('all')
    running.kill('SIGTERM')
    const { code, stdout, stderr } = await running.end
    expect([code, stdout]).toEqual([7, 'all\nhandled\n'])
    expect(stderr).toContain('1 received')
  })

  it('EXC-06 --impair is a bad network: about as many datagrams are lost as it says, and the same ones in each run', async () => {
    const count = 2000
    // It sends one at a time to another socket, and prints those that arrive there.
    const sends = `
      const { createSocket } = require('node:dgram')
      const got = []
      const receiver = createSocket('udp4', (data) => void got.push(Number(data)))
      receiver.bind(0, '127.0.0.1', () => {
        const sender = createSocket('udp4')
        const next = (i) => {
          if (i < ${count}) return void sender.send(String(i), receiver.address().port, () => setImmediate(next, i + 1))
          setImmediate(() => setImmediate(() => { console.log(JSON.stringify(got)); receiver.close(); sender.close() }))
        }
        next(0)
      })`
    const run = async (conditions: string) => {
      const args = ['--impair', conditions, '--', process.execPath, '-e', sends]
      const { code, stdout, stderr } = await exec(...args)
      expect(code).toBe(0)
      return { got: JSON.parse(stdout) as number[], stderr }
    }
    const { got, stderr } = await run('loss 10% seed 7')
    // Each passes with the probability 0.9, twice: when it is sent, and on arrival.
    const [mean, deviation] = [count * 0.81, Math.sqrt(count * 0.81 * 0.19)]
    expect(Math.abs(got.length - mean)).toBeLessThan(3 * deviation)
    const lost = [...stderr.matchAll(/lost by --impair: (\d+) sent, (\d+) on arrival/g)]
    const sum = lost.reduce((all, [, out, back]) => all + Number(out) + Number(back), 0)
    expect([lost.length, got.length]).toEqual([2, count - sum])
    expect((await run('loss 10% seed 7')).got).toEqual(got)
    expect((await run('loss 10% seed 8')).got).not.toEqual(got)
  })

  it('EXC-01 counts although UDPNG_DGRAM is off, and leaves out sockets that were created around it', async () => {
    const before = process.env['UDPNG_DGRAM']
    process.env['UDPNG_DGRAM'] = 'off'
    try {
      // The class of node:dgram itself, as a module has it that was loaded before.
      const around = `new (Object.getPrototypeOf(require('node:dgram').Socket))('udp4').close(); ${program(1)}`
      const { code, stderr } = await exec('--', process.execPath, '-e', around)
      expect(code).toBe(0)
      expect(stderr).toMatch(/: 1 socket\n.*: 1 received/)
    } finally {
      delete process.env['UDPNG_DGRAM']
      if (before !== undefined) process.env['UDPNG_DGRAM'] = before
    }
  })

  it('EXC-05 says what is wrong with a command, and when there is no account', async () => {
    const unknown = await exec('--', 'no-such-command')
    expect(unknown).toMatchObject({
      code: 2,
      stderr: 'udpng: cannot run no-such-command: there is no such command\n',
    })
    expect(await exec('--', process.execPath, '-e', '')).toMatchObject({
      code: 0,
      stderr: 'udpng: no account: no Node.js program has opened a UDP socket\n',
    })
    const killed = await exec('--', process.execPath, '-e', 'process.kill(process.pid, "SIGKILL")')
    expect(killed).toMatchObject({
      code: 137,
      stderr: 'udpng: no account: SIGKILL ended the command at once\n',
    })
    expect(await exec('--transport', 'x', '--', 'node')).toMatchObject({ code: 2 })
  })
})
