import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Report } from '@udpng/dgram'
import { eventually } from 'test-support'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Captured, judgedByTshark, readCapture } from './capture.js'
import { needs, Udpng } from './command.js'

const udpng = new Udpng()

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'udpng-record-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  file = join(folder, 'all of it.pcap')
})

/** Runs `udpng exec --record FILE` with a program. */
async function record(program: string, ...options: string[]) {
  const args = ['--record', file, ...options, '--', process.execPath, '-e', program]
  using running = udpng.run('exec', ...args)
  return await running.end
}

const reportsOf = (stderr: string): Report[] =>
  stderr
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))

/** Datagrams sent and received, by all sockets of all processes. */
const movedBy = (reports: readonly Report[]): number =>
  reports
    .flatMap(({ sockets }) => sockets)
    .reduce((sum, { sent, received }) => sum + sent + received, 0)

/** A program that sends `count` datagrams, one after the other, to a socket of its own, and then does `end`. */
const flow = (count: number, end = '', type = 'udp4', host = '127.0.0.1') => `
  const { createSocket } = require('node:dgram')
  const receiver = createSocket('${type}')
  receiver.bind(0, '${host}', () => {
    const sender = createSocket('${type}')
    const { port } = receiver.address()
    const next = (i) => {
      if (i < ${count}) return void sender.send('datagram ' + i, port, '${host}', () => setImmediate(next, i + 1))
      // What is under way to this machine arrives in the next turn.
      setImmediate(() => setImmediate(() => { console.log('all'); ${end || 'receiver.close(); sender.close()'} }))
    }
    next(0)
  })`

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

describe('udpng exec --record', () => {
  it.each(['native', 'dgram'])(
    'EXC-07 writes each datagram that is sent and received, with its time and both addresses (%s)',
    async (transport) => {
      const before = Date.now()
      const program = `
        const { createSocket } = require('node:dgram')
        const server = createSocket('udp6', (data, { address, port }) => {
          server.send(['re: ', data], port, address, () => server.close())
        })
        server.bind(0, () => {
          const client = createSocket('udp4', () => client.close())
          client.connect(server.address().port, '127.0.0.1', () => {
            const { port } = client.address()
            client.send(Buffer.alloc(70_000), ({ code }) => {
              console.log(code, port, server.address().port)
              client.send('hello')
            })
          })
        })`
      const { code, stdout, stderr } = await record(program, '--transport', transport)
      const [failure, client, server] = stdout.trim().split(' ')
      expect([code, failure]).toEqual([0, 'EMSGSIZE'])
      const packets = readCapture(file)
      const [asked, answered] = [`127.0.0.1:${client}`, `127.0.0.1:${server}`]
      expect(packets.map(({ from, to, data }) => `${from} ${to} ${data}`).sort()).toEqual(
        [
          `${asked} ${answered} hello`, // sent
          `${asked} ${answered} hello`, // and received
          `${answered} ${asked} re: hello`,
          `${answered} ${asked} re: hello`,
        ].sort(),
      )
      for (const { time } of packets) {
        expect(time).toBeGreaterThan(before - 1000)
        expect(time).toBeLessThan(Date.now() + 1000)
      }
      expect(stderr).toContain(`udpng: 4 datagrams recorded in ${file}\n`)
    },
  )

  it('EXC-07 all processes and worker threads write into one file, which tshark reads', async ({
    skip,
  }) => {
    const COUNT = 3000
    const program = `
      const { Worker } = require('node:worker_threads')
      const { spawn } = require('node:child_process')
      new Worker(${JSON.stringify(flow(COUNT))}, { eval: true })
      spawn(process.execPath, ['-e', ${JSON.stringify(flow(COUNT, '', 'udp6', '::1'))}], { stdio: 'inherit' })
      ${flow(COUNT)}`
    const { code, stderr } = await record(program, '--json')
    expect(code).toBe(0)
    const reports = reportsOf(stderr)
    expect(reports.length).toBe(3)
    const packets = readCapture(file)
    expect(reports.map(({ record }) => record?.failed)).toEqual([0, 0, 0])
    expect(packets.length).toBe(movedBy(reports))
    expect(packets.length).toBe(6 * COUNT)
    const seen = new Map<string, number>()
    for (const { from, to, data } of packets) {
      const key = `${from} ${to} ${data}`
      seen.set(key, (seen.get(key) ?? 0) + 1)
    }
    // Each once when it was sent, and once when it came.
    expect([seen.size, new Set(seen.values())]).toEqual([3 * COUNT, new Set([2])])
    needs(skip, 'tshark')
    expect(new Set(judgedByTshark(file))).toEqual(new Set(['1']))
  })

  it('EXC-07 they are in the file after a second at most, also if SIGKILL ends the program', async () => {
    const program = flow(5, "console.log('pid', process.pid)")
    const args = ['--record', file, '--', process.execPath, '-e', program]
    using running = udpng.run('exec', ...args)
    const [, pid] = await running.says(/pid (\d+)/)
    onTestFinished(() => killed(Number(pid)))
    await eventually(
      () => statSync(file).size === 24 + 10 * (16 + 28 + 10),
      () => 'that ten datagrams are in the file',
    )
    killed(Number(pid))
    expect((await running.end).code).toBe(137)
    expect(readCapture(file).length).toBe(10)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'EXC-07 %s ends the program, and nothing is missing',
    async (signal) => {
      const args = ['--record', file, '--', process.execPath, '-e', flow(5, ' ')]
      using running = udpng.run('exec', ...args)
      await running.says('all')
      running.kill(signal)
      const { code, stderr } = await running.end
      expect(code).toBe(signal === 'SIGINT' ? 130 : 143)
      expect(stderr).toContain('10 datagrams recorded in')
      expect(readCapture(file).length).toBe(10)
    },
  )

  it('EXC-07 also within another udpng exec', async () => {
    const command = ['exec', '--quiet', '--', process.execPath, '-e', flow(1)]
    const args = ['--record', file, '--', process.execPath, udpng.program.path, ...command]
    using running = udpng.run('exec', ...args)
    expect((await running.end).code).toBe(0)
    expect(readCapture(file).length).toBe(2)
  })

  it('EXC-07 a file that exists is replaced; a new one is for its owner only; the working directory may change', async () => {
    writeFileSync(file, 'x'.repeat(1000))
    await record(`process.chdir('/'); ${flow(1)}`)
    expect(readCapture(file).map(({ data }) => data)).toEqual(['datagram 0', 'datagram 0'])
    rmSync(file)
    await record(flow(1))
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('EXC-08 a file that cannot be written is a wrong argument: nothing is run, exit code 2', async ({
    skip,
  }) => {
    const refused = async (path: string) => {
      file = path
      const { code, stdout, stderr } = await record('console.log("it runs")')
      expect([code, stdout]).toEqual([2, ''])
      return stderr.replace(path, 'FILE')
    }
    expect(await refused(join(folder, 'none', 'all.pcap'))).toBe(
      'udpng: cannot record to FILE: its folder does not exist; create it, or choose another file\n',
    )
    expect(await refused(folder)).toBe(
      'udpng: cannot record to FILE: it is a folder; choose a file\n',
    )
    if (process.platform === 'linux')
      expect(await refused('/dev/full')).toMatch(
        /^udpng: cannot record to FILE: ENOSPC: no space left on device/,
      )
    if (process.getuid?.() === 0) skip('root may write everywhere')
    const locked = join(folder, 'locked')
    mkdirSync(locked)
    chmodSync(locked, 0o500)
    expect(await refused(join(locked, 'all.pcap'))).toBe(
      'udpng: cannot record to FILE: permission denied; choose another file\n',
    )
  })

  it('EXC-08 a file that takes no more breaks nothing: it is reported once and counted, and ends with a whole record', async () => {
    const args = ['--record', file, '--json', '--', 'sh', '-c', 'ulimit -f 100; exec "$@"', 'sh']
    using running = udpng.run('exec', ...args, process.execPath, '-e', flow(3000))
    const { code, stdout, stderr } = await running.end
    expect([code, stdout]).toEqual([0, 'all\n'])
    expect(stderr.match(/cannot record/g)).toEqual(['cannot record'])
    expect(stderr).toMatch(/^udpng: process \d+ cannot record all datagrams in .*: EFBIG/)
    const reports = reportsOf(stderr)
    const [{ written, failed } = { written: 0, failed: 0 }] = reports.map(({ record }) => record)
    expect(written + failed).toBe(movedBy(reports))
    expect(failed).toBeGreaterThan(0)
    expect(readCapture(file).length).toBe(written)
  })

  it('EXC-08 what could not be recorded is in the account', async () => {
    const program = `require('node:fs').rmSync(process.env.UDPNG_RECORD); ${flow(5)}`
    const { code, stdout, stderr } = await record(program)
    expect([code, stdout]).toEqual([0, 'all\n'])
    expect(stderr).toContain(`0 datagrams recorded in ${file}, 10 not recorded\n`)
    expect(stderr.match(/cannot record all datagrams in .*: ENOENT/g)?.length).toBe(1)
  })

  it.each(['native', 'dgram'])(
    'EXC-09 with --impair it has what is on the wire: after the loss of the sender, before that of the receiver (%s)',
    async (transport) => {
      const COUNT = 500
      const options = ['--json', '--transport', transport, '--impair', 'loss 50% seed 7']
      const { stderr } = await record(flow(COUNT), ...options)
      const [sender, receiver] = (reportsOf(stderr)[0]?.sockets ?? []).toSorted(
        (a, b) => b.sent - a.sent,
      )
      const onTheWire = COUNT - (sender?.impairment?.sent.lost.loss ?? 0)
      expect(onTheWire).toBeLessThan(COUNT)
      expect(receiver?.impairment?.received.lost.loss).toBeGreaterThan(0)
      expect([sender?.sent, receiver?.received]).toEqual([onTheWire, onTheWire])
      const to = (all: readonly Captured[]) => all.map(({ data }) => data).sort()
      const packets = readCapture(file)
      expect(packets.length).toBe(2 * onTheWire)
      expect(new Set(to(packets)).size).toBe(onTheWire)
    },
  )
})
