import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Scheduler } from '@udpng/core'
import type { Picture } from '@udpng/inspector'
import { eventually } from 'test-support'
import { describe, expect, it, vi } from 'vitest'
import { Watch } from '../src/observe/watch.js'
import { EventStream } from '../src/serve/event-stream.js'
import { LivePictures } from '../src/serve/live-pictures.js'
import { Raw } from './client.js'
import { merge } from './merge.js'
import { Wall } from './parts.js'

describe('a stream whose client reads too slowly', { timeout: 120_000 }, () => {
  /** A stream, and its client. */
  async function connected(): Promise<{ stream: EventStream; client: Raw } & AsyncDisposable> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const answering = new Promise<ServerResponse>((resolve) =>
      server.on('request', (_, response) => resolve(response)),
    )
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = new Raw(url, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    return {
      stream: new EventStream(await answering),
      client,
      async [Symbol.asyncDispose]() {
        client.socket.destroy()
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  }

  /** Sends until no more is to be sent, and the system takes no more of it: some megabytes. */
  async function fill(stream: EventStream): Promise<number> {
    let count = 0
    for (let still = 0; still < 5 && count < 10_000; still++) {
      for (; stream.ready && count < 10_000; still = 0, count++)
        stream.send('change', `"${'x'.repeat(64_000)}"`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return count
  }

  it('INS-25 is sent no more, until it has read', async () => {
    await using both = await connected()
    const { stream, client } = both
    await eventually(() => client.heard.includes('200 OK'))
    client.socket.pause()
    const count = await fill(stream)
    expect(count).toBeGreaterThan(4)
    expect(count).toBeLessThan(10_000)
    expect(stream.ready).toBe(false)
    client.socket.resume()
    await eventually(() => stream.ready)
    expect(client.closed).toBe(false)
  })

  it('INS-25 is ended when that lasts for ten seconds', async () => {
    await using both = await connected()
    const { stream, client } = both
    await eventually(() => client.heard.includes('200 OK'))
    let left = 0
    stream.onClose(() => {
      left++
    })
    client.socket.pause()
    await fill(stream)
    const now = performance.now()
    const clock = vi.spyOn(performance, 'now')
    try {
      clock.mockReturnValue(now + 9000)
      expect(stream.ready).toBe(false)
      await new Promise((resolve) => setImmediate(resolve))
      expect(left).toBe(0)
      clock.mockReturnValue(now + 11_000)
      expect(stream.ready).toBe(false)
    } finally {
      clock.mockRestore()
    }
    client.socket.resume()
    await client.closes()
    expect(left).toBe(1)
    expect(stream.ready).toBe(false)
  })

  // It rests for longer after a look that took long, as on a busy machine.
  it('INS-25 misses changes, and then gets their result at once', {
    timeout: 120_000,
  }, async () => {
    const scheduler = new Scheduler()
    const wall = scheduler.activate(new Wall({ capacity: Infinity }))
    void scheduler.run()
    const watch = new Watch(scheduler)
    const pictures = new LivePictures(watch, JSON.stringify)
    const told = { quick: [] as unknown[], slow: [] as unknown[] }
    const streamOf = (name: keyof typeof told) => ({
      ready: true,
      send: (event: string, json: string) =>
        void (event === 'moment' || told[name].push(JSON.parse(json))),
      onClose() {},
    })
    const [quick, slow] = [streamOf('quick'), streamOf('slow')]
    for (const stream of [quick, slow]) pictures.add(stream as unknown as EventStream)
    slow.ready = false
    wall.inbox.deliver('a')
    scheduler.activate(new Wall())
    await eventually(() => told.quick.length >= 3)
    expect(told.slow).toHaveLength(1)
    wall.inbox.deliver('b')
    slow.ready = true
    await eventually(() => told.slow.length === 2)
    const picture = (all: unknown[]) => all.slice(1).reduce(merge, all[0]) as Picture
    expect(picture(told.slow)).toEqual(picture(told.quick))
    expect(picture(told.slow).components['Wall#1']?.inboxes['inbox']?.delivered).toBe(2)
    watch.close()
    scheduler.stop()
  })
})
