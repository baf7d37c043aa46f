import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ComponentPicture, Picture } from '@udpng/inspector'
import { eventually, type Running } from 'test-support'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { Udpng } from './command.js'

const udpng = new Udpng()

/** Starts `udpng exec --inspect` with a program. Returns it, and how its sockets are asked for. */
async function inspected(program: string, ...options: string[]) {
  const args = ['--inspect=0', ...options, '--', process.execPath, '-e', program]
  const running = udpng.run('exec', ...args)
  onTestFinished(() => running[Symbol.dispose]())
  const [, url = ''] = await running.says(/^udpng: inspector at (http:\S+)\n/m)
  const picture = async (): Promise<Picture> =>
    (await (await fetch(new URL('snapshot', url))).json()) as Picture
  return { running, url, picture }
}

/** The sockets of a picture that are open, by name. */
const openIn = ({ components }: Picture): Record<string, ComponentPicture> =>
  Object.fromEntries(
    Object.entries(components).filter(([, { plumbing, state }]) => !plumbing && state !== 'ended'),
  )

/** Asks until the answer is as expected. */
const poll = <T>(ask: () => Promise<T>) => expect.poll(ask, { timeout: 60_000, interval: 100 })

/** A program with a sender and a receiver; it prints their ports, sends ten datagrams for each line that it reads, and ends with its input. */
const PROGRAM = `
  const { createSocket } = require('node:dgram')
  const { stdin } = process
  const receiver = createSocket({ type: 'udp4', recvBufferSize: 4096 }, () => {})
  const sender = createSocket('udp4')
  receiver.bind(0, '127.0.0.1', () => sender.bind(0, '127.0.0.1', () => {
    const { port } = receiver.address()
    console.log('ports', port, sender.address().port, process.pid)
    stdin.on('data', (text) => {
      for (let i = 0; i < 10 * text.length; i++) sender.send(Buffer.alloc(500), port, '127.0.0.1')
    })
    stdin.on('end', () => { receiver.close(); sender.close() })
  }))`

async function portsOf(running: Running) {
  const [, receiver, sender, pid] = await running.says(/ports (\d+) (\d+) (\d+)/)
  return { receiver: `127.0.0.1:${receiver}`, sender: `127.0.0.1:${sender}`, pid: Number(pid) }
}

describe('udpng exec --inspect', () => {
  it.each(['native', 'dgram'])(
    'EXC-10 shows each socket by its address, with what it has sent, received and dropped (%s)',
    async (transport) => {
      const { running, picture } = await inspected(PROGRAM, '--transport', transport)
      const { receiver, sender } = await portsOf(running)
      await poll(async () => Object.keys(openIn(await picture())).sort()).toEqual(
        [receiver, sender].sort(),
      )
      const hasKernelDrops = transport === 'native' && process.platform === 'linux'
      // A hundred do not fit into the receive buffer.
      running.type('x'.repeat(10))
      await poll(async () => openIn(await picture())[sender]?.datagrams).toEqual({
        received: 0,
        sent: 100,
      })
      const read = async () => openIn(await picture())[receiver] as ComponentPicture
      await poll(async () => {
        const { datagrams, kernelDrops } = await read()
        const most = hasKernelDrops ? kernelDrops?.atMost : Infinity
        return (datagrams?.received ?? 0) + (most ?? 0)
      }).toBeGreaterThanOrEqual(100)
      const { address, datagrams, kernelDrops } = await read()
      expect([address, kernelDrops !== undefined]).toEqual([receiver, hasKernelDrops])
      if (kernelDrops) {
        expect(kernelDrops.about).toBeGreaterThan(0)
        expect((datagrams?.received ?? 0) + kernelDrops.atLeast).toBeLessThanOrEqual(100)
      }
      running.typeNoMore()
      const { code, stderr } = await running.end
      expect(code).toBe(0)
      expect(stderr).toContain(`${sender}: 0 received (0 bytes), 100 sent (50 000 bytes)`)
    },
  )

  it('EXC-10 the address is printed also with --quiet; a port in use is a failure before the command runs', async () => {
    const { running, url } = await inspected('process.stdin.resume()', '--quiet')
    const { port } = new URL(url)
    const args = [`--inspect=${port}`, '--', process.execPath, '-e', 'console.log("it runs")']
    const { code, stdout, stderr } = await udpng.run('exec', ...args).end
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^udpng: [^\n]*another program has this port[^\n]*\n$/)
    running.typeNoMore()
    expect((await running.end).stderr).toBe(`udpng: inspector at ${url}\n`)
  })

  it('EXC-10 what --impair loses is among the drops', async () => {
    const { running, picture } = await inspected(PROGRAM, '--impair', 'loss 100%')
    const { sender } = await portsOf(running)
    running.type('x')
    await poll(async () => openIn(await picture())[sender]?.drops).toEqual({
      'lost by --impair': 10,
    })
    running.typeNoMore()
    await running.end
  })

  it('EXC-11 several processes and worker threads: each socket has the name of its process, and goes when that ends', async () => {
    const other = `
      const socket = require('node:dgram').createSocket('udp4')
      socket.bind(0, '127.0.0.1', () => {
        socket.send('x', 9, '127.0.0.1')
        console.log(require('node:worker_threads').isMainThread ? 'child' : 'worker', socket.address().port, process.pid)
      })`
    const program = `
      const { Worker } = require('node:worker_threads')
      const { spawn } = require('node:child_process')
      ${PROGRAM}
      let worker
      stdin.once('data', () => {
        worker = new Worker(${JSON.stringify(other)}, { eval: true })
        const child = spawn(process.execPath, ['-e', ${JSON.stringify(other)}], { stdio: ['ignore', 'inherit', 'inherit'] })
        stdin.once('data', () => child.kill('SIGKILL'))
        stdin.on('end', () => worker.terminate())
      })`
    const { running, picture } = await inspected(program)
    const { receiver, sender, pid } = await portsOf(running)
    await poll(async () => Object.keys(openIn(await picture())).length).toBe(2)
    running.type('x')
    const [, child, childPid] = await running.says(/child (\d+) (\d+)/)
    const [, worker] = await running.says(/worker (\d+)/)
    const names = {
      worker: `127.0.0.1:${worker} ([worker eval] ${pid}, thread 1)`,
      child: `127.0.0.1:${child} (node ${childPid})`,
    }
    await poll(async () => Object.keys(openIn(await picture())).sort()).toEqual(
      [receiver, sender, names.worker, names.child].sort(),
    )
    await poll(async () => (await picture()).components[names.child]?.datagrams?.sent).toBe(1)
    const sentBefore = (await picture()).account.consumed
    running.type('x')
    await poll(async () => Object.keys(openIn(await picture())).sort()).toEqual(
      [receiver, sender, names.worker].sort(),
    )
    const { account, components } = await picture()
    expect(components[names.child]).toMatchObject({ state: 'ended', datagrams: { sent: 1 } })
    expect(account.consumed).toBeGreaterThanOrEqual(sentBefore)
    running.typeNoMore()
    expect((await running.end).code).toBe(0)
  })

  it('EXC-11 sockets that open and close between two samples are added up, and no datagram is missing at the end', async () => {
    const COUNT = 300
    const program = `
      const { createSocket } = require('node:dgram')
      const last = createSocket('udp4')
      const open = (left) => {
        if (left === 0) return void last.bind(0, '127.0.0.1', () => last.send('last', 9, '127.0.0.1', () => {
          console.log('done')
          process.stdin.on('data', () => process.exit()).resume()
        }))
        const socket = createSocket('udp4')
        socket.send('x', 9, '127.0.0.1', () => socket.close(() => open(left - 1)))
      }
      // Its child stays, so that the page does.
      if (process.argv[1] === 'inner') open(${COUNT})
      else require('node:child_process')
        .spawn(process.execPath, ['-e', process._eval, 'inner'], { stdio: 'inherit' })
        .on('exit', () => { console.log('inner has ended'); process.stdin.resume() })`
    const { running, picture } = await inspected(program)
    await running.says('done')
    running.type('end')
    await running.says('inner has ended')
    // The last sample comes from the end of the process.
    await poll(async () => (await picture()).account.consumed).toBe(COUNT + 1)
    const others = Object.entries((await picture()).components).filter(([name]) =>
      name.startsWith('other sockets'),
    )
    expect(others.length).toBe(1)
    expect(others[0]?.[1].stats?.['closed']).toBeGreaterThan(COUNT / 2)
    running.typeNoMore()
    await running.end
  })
})

describe('samples leave a program as it is', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'udpng-samples-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
  })

  it('EXC-12 it ends by itself, and its exit code stays', async () => {
    const program = `
      const socket = require('node:dgram').createSocket('udp4')
      socket.bind(0, '127.0.0.1', () => setTimeout(() => socket.close(), 1500))
      process.exitCode = 5`
    const { running } = await inspected(program)
    expect((await running.end).code).toBe(5)
  })

  it('EXC-12 its asynchronous contexts, resources and listeners of signals are its own', async () => {
    const program = `
      const { AsyncLocalStorage, createHook, executionAsyncId } = require('node:async_hooks')
      const { createSocket } = require('node:dgram')
      const storage = new AsyncLocalStorage()
      const types = new Set()
      createHook({ init: (id, type) => { if (storage.getStore() === 'mine') types.add(type) } }).enable()
      storage.run('mine', () => {
        const socket = createSocket('udp4')
        socket.on('message', () => {
          console.log(storage.getStore(), [...types].filter((type) => /PIPE|Timeout/.test(type)).join())
          socket.close()
        })
        socket.bind(0, '127.0.0.1', () => socket.send('x', socket.address().port, '127.0.0.1'))
      })`
    const { running } = await inspected(program, '--record', join(folder, 'all.pcap'))
    expect((await running.end).stdout).toBe('mine \n')
  })

  it('EXC-12 it goes on silently when udpng exec has vanished', async () => {
    const { running } = await inspected(`
      ${PROGRAM}
      stdin.on('data', () => setTimeout(() => console.log('still here'), 2500))
      process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'end'))}, 'ended'))`)
    await portsOf(running)
    running.kill('SIGKILL')
    running.type('x')
    await running.says('still here')
    running.typeNoMore()
    const { stdout, stderr } = await running.end
    expect(stdout).toMatch(/^ports .*\nstill here\n$/)
    expect(stderr).toMatch(/^udpng: inspector at \S+\n$/)
    expect(readFileSync(join(folder, 'end'), 'utf8')).toBe('ended')
  })

  it('EXC-12 it ends while udpng exec is stopped', async () => {
    const end = join(folder, 'end')
    const { running } = await inspected(`
      ${PROGRAM}
      process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(end)}, ''))`)
    await portsOf(running)
    running.kill('SIGSTOP')
    running.typeNoMore()
    await eventually(
      () => existsSync(end),
      () => 'that the program ends',
    )
    running.kill('SIGCONT')
    expect((await running.end).code).toBe(0)
  })

  it('EXC-12 a sender of samples that sends something else is disconnected, and the page stays', async () => {
    const program = `
      const socket = require('node:net').connect(process.env.UDPNG_SAMPLES)
      socket.on('close', () => { console.log('closed'); process.stdin.resume() })
      socket.write('{"open":"nothing"}\\n')`
    const { running, picture } = await inspected(program)
    await running.says('closed')
    expect(openIn(await picture())).toEqual({})
    running.typeNoMore()
    expect((await running.end).code).toBe(0)
  })
})
