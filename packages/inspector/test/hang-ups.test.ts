import { ServerResponse } from 'node:http'
import { queryObjects } from 'node:v8'
import { Scheduler } from '@udpng/core'
import { eventually } from 'test-support'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Pace } from '../src/serve/pace.js'
import { ask, Raw } from './client.js'
import { inspecting, Wall } from './parts.js'

const token = 'a-token-of-the-test'
const AT_A_TIME = 40

/** Asks, and hangs up once the server has heard it: `count` times, 40 at a time. */
async function hangUp(
  url: string,
  count: number,
  request: string,
  heard: (raws: readonly Raw[]) => number,
): Promise<void> {
  for (let i = 0; i < count; i += AT_A_TIME) {
    const raws = Array.from({ length: AT_A_TIME }, () => new Raw(url, request))
    await eventually(() => heard(raws) >= AT_A_TIME, 'that all are heard')
    for (const { socket } of raws) socket.destroy()
    await eventually(() => raws.every(({ closed }) => closed), 'that all have hung up')
  }
}

describe('clients that ask and hang up', { timeout: 120_000 }, () => {
  afterEach(() => void vi.restoreAllMocks())

  it.each([
    ['without the token', { token }, 401],
    ['where no token is needed', {}, 200],
  ])('INS-62 leave nothing behind, %s', async (_, options, status) => {
    const next = vi.spyOn(Pace.prototype, 'next')
    const scheduler = new Scheduler()
    scheduler.activate(new Wall())
    void scheduler.run()
    await using inspector = await inspecting(scheduler, options)
    const request = `GET /snapshot HTTP/1.1\r\nHost: ${new URL(inspector.url).host}\r\n\r\n`
    expect((await ask(inspector.url, '/snapshot')).status).toBe(status)
    // Now nothing comes to its turn any more, once the first 64 have.
    vi.spyOn(performance, 'now').mockReturnValue(performance.now())
    let before = next.mock.calls.length
    await hangUp(inspector.url, 400, request, (raws) => {
      if (status !== 200) return raws.filter(({ heard }) => heard.length > 0).length
      const count = next.mock.calls.length - before
      if (count >= AT_A_TIME) before += AT_A_TIME
      return count
    })
    const paces = new Set(next.mock.contexts as Pace[])
    await eventually(() => [...paces].every(({ waiting }) => waiting === 0))
    next.mockReset()
    // Some may still be on their way out of the event loop.
    await eventually(() => queryObjects(ServerResponse, { format: 'count' }) <= 10)
    scheduler.stop()
  })

  it('INS-61 without the token do not come to their turn: they are refused at once', async () => {
    const next = vi.spyOn(Pace.prototype, 'next')
    await using inspector = await inspecting(new Scheduler(), { token })
    for (const [path, asking, status] of [
      ['/snapshot', {}, 401],
      ['/events', {}, 401],
      ['/messages?box=Wall%231.inbox', {}, 401],
      ['/metrics', { headers: { Authorization: 'Bearer wrong' } }, 401],
      [`/?token=${token}`, { method: 'POST' }, 405],
      [`/?token=${token}`, { headers: { Host: 'evil.example' } }, 421],
      [`/?token=${token}`, { headers: { Origin: 'http://evil.example' } }, 403],
    ] as const)
      expect((await ask(inspector.url, path, asking)).status).toBe(status)
    expect(next).not.toHaveBeenCalled()
    expect((await ask(inspector.url, `/snapshot?token=${token}`)).status).toBe(200)
    expect(next).toHaveBeenCalledTimes(1)
  })
})
