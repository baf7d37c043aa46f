import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from 'test-support'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createSocket } from '../src/index.js'
import type { Sample } from '../src/sample.js'
import { SampleSender } from '../src/sample-sender.js'
import { Sampler } from '../src/sampler.js'

let path: string
let server: Server
beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'udpng-samples-'))
  path = join(folder, 'samples')
  server = createServer({ pauseOnConnect: true }).listen(path)
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })
})

const sampleOf = (script: string) => () => ({ script }) as Sample

describe('EXC-12 sending samples', () => {
  it('sends one soon after the start, and the last one at once', async () => {
    const chunks: string[] = []
    server.on('connection', (connection) => {
      connection.setEncoding('utf8').on('data', (chunk) => void chunks.push(String(chunk)))
      connection.resume()
    })
    const lines = () => chunks.join('').split('\n').slice(0, -1)
    const sender = new SampleSender(path, sampleOf('a'))
    sender.finish() // not started
    sender.start()
    sender.start()
    await eventually(
      () => lines().length > 0,
      () => 'the first sample',
    )
    const before = lines().length
    sender.finish()
    await eventually(
      () => lines().length > before,
      () => 'the last sample',
    )
    expect(new Set(lines())).toEqual(new Set(['{"script":"a"}']))
  })

  it('leaves samples out while they are not read, and gives up after five', async () => {
    let taken = 0
    const sender = new SampleSender(path, () => {
      taken++
      return sampleOf('x'.repeat(10_000_000))()
    })
    sender.start()
    const [connection] = (await once(server, 'connection')) as [Socket]
    // More than a connection takes: it waits, and those after it are left out.
    await eventually(
      () => taken > 0,
      () => 'the first sample',
    )
    for (let i = 0; i < 5; i++) sender.finish()
    connection.resume()
    await once(connection, 'close')
    expect([taken, connection.bytesRead < 10_000_000]).toEqual([1, true])
  })

  it.each([
    ['is not there', (at: string) => rmSync(at)],
    ['vanishes', () => void server.on('connection', (connection) => connection.destroy())],
  ])('is silent if the other process %s', async (_, prepare) => {
    prepare(path)
    let taken = 0
    const sender = new SampleSender(path, () => sampleOf(String(++taken))())
    sender.start()
    // Each one is left out, or fails, or is the last one.
    for (let i = 0; i < 20; i++) {
      sender.finish()
      await new Promise(setImmediate)
    }
    const before = taken
    sender.finish()
    expect(taken).toBe(before)
  })
})

describe('EXC-12 samples', () => {
  it('have what has changed; sockets that were not sampled before their end are added up', async () => {
    let created = 0
    const sampler = new Sampler(() => void created++)
    const open = async () => {
      const socket = createSocket('udp4').bind(0, '127.0.0.1')
      await once(socket, 'listening')
      return socket
    }
    const close = async (socket: Awaited<ReturnType<typeof open>>) => {
      socket.close()
      await once(socket, 'close')
    }
    const [one, other] = [await open(), await open()]
    const unbound = createSocket('udp4')
    expect(created).toBe(3)
    const first = sampler.take()
    expect(first).toMatchObject({ pid: process.pid, thread: expect.any(Number), more: 0 })
    expect(first.open.map(({ id, local }) => [id, local?.[1]])).toEqual([
      [0, one.address().port],
      [1, other.address().port],
    ])
    other.send('x', one.address().port, '127.0.0.1')
    await once(one, 'message')
    expect(sampler.take().open.map(({ id, sent, received }) => [id, sent, received])).toEqual([
      [0, 0, 1],
      [1, 1, 0],
    ])
    expect(sampler.take()).toMatchObject({ open: [], closed: [], others: undefined })
    await close(one)
    const short = await open()
    short.send('to nowhere', 9, '127.0.0.1')
    await close(short)
    await close(unbound)
    const last = sampler.take()
    expect(last.closed).toMatchObject([{ id: 0, received: 1 }])
    expect(last.others).toMatchObject({ sockets: 1, sum: { sent: 1, received: 0 } })
    await close(other)
  })

  it('have the first 500 open sockets, and the number of the others', async () => {
    const sampler = new Sampler(() => {})
    const sockets = Array.from({ length: 510 }, () => createSocket('udp4').bind(0, '127.0.0.1'))
    await Promise.all(sockets.map((socket) => once(socket, 'listening')))
    const { open, more } = sampler.take()
    expect([open.length, more]).toEqual([500, 10])
    for (const socket of sockets.slice(0, 10)) socket.close()
    const next = sampler.take()
    expect([next.closed.length, next.open.length, next.more]).toEqual([10, 10, 0])
    for (const socket of sockets.slice(10)) socket.close()
  })
})
