import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { Scheduler, UdpngError } from '@udpng/core'
import { inspect } from '@udpng/inspector'
import { activeResources, eventually, openSockets } from 'test-support'
import { Program } from 'test-support/program'
import { describe, expect, it } from 'vitest'
import { ask, Events, Raw, snapshotWhere } from './client.js'
import { inspecting, Relay, Wall } from './parts.js'

const token = 'a-token-of-the-test'

describe('an inspector', { timeout: 120_000 }, () => {
  it('INS-16 releases everything when it is closed, whatever is open; a second close has no effect', async () => {
    const relay = new Relay()
    const scheduler = new Scheduler()
    scheduler.activate(relay)
    void scheduler.run()
    const before = { sockets: openSockets(), timers: timers() }
    const inspector = await inspect(scheduler, { port: 0 })
    using events = await Events.open(inspector.url, '/events')
    using messages = await Events.open(inspector.url, '/messages?box=Relay%231.inbox')
    using idle = new Raw(inspector.url)
    relay.inbox.deliver('x')
    await events.have('change')
    await messages.have('message')
    const closing = inspector.close()
    expect(inspector.close()).toBe(closing)
    await closing
    await eventually(() => events.ended && messages.ended && idle.closed)
    expect(Object.hasOwn(relay.inbox, 'deliver')).toBe(false)
    expect(Object.hasOwn(relay.errors, 'send')).toBe(false)
    await eventually(
      () => openSockets() === before.sockets && timers() <= before.timers,
      () => `${openSockets()} ${activeResources()} after ${JSON.stringify(before)}`,
    )
    await expect(ask(inspector.url, '/')).rejects.toThrow('ECONNREFUSED')
    relay.inbox.deliver('y') // the inspector is closed
    scheduler.stop()
  })

  it('INS-16 keeps no program alive, and prints nothing', async () => {
    const folder = join(import.meta.dirname, '..')
    using program = await Program.of(join(folder, 'test/short.ts'), join(folder, 'tsconfig.json'))
    using run = program.run()
    expect(await run.end).toEqual({ code: 0, stdout: 'seen\n', stderr: '' })
  })

  it('INS-16 of one scheduler there may be several', async () => {
    const scheduler = new Scheduler()
    const relay = scheduler.activate(new Relay())
    void scheduler.run()
    const one = await inspecting(scheduler)
    await using two = await inspecting(scheduler)
    await one.close()
    relay.inbox.deliver('report')
    await eventually(() => relay.inbox.taken === 1)
    const { components } = await snapshotWhere(
      two.url,
      (picture) => picture.components['Relay#1']?.error !== undefined,
    )
    expect(components['Relay#1']?.error?.code).toBe('SEND_FAILED')
    scheduler.stop()
  })

  it('INS-17 listens on 127.0.0.1 only, on any free port for 0, and says where', async () => {
    await using inspector = await inspecting(new Scheduler())
    expect(inspector.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect((await ask(inspector.url, '/')).status).toBe(200)
    const { port } = new URL(inspector.url)
    for (const host of others()) {
      using raw = new Raw(`http://${host}:${port}`, 'GET / HTTP/1.1\r\n\r\n')
      await raw.closes()
      expect(raw.heard).toBe('')
    }
  })

  it('INS-17 says what to do when it cannot listen there', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    const scheduler = new Scheduler()
    const wall = scheduler.activate(new Relay())
    const failure: UdpngError = await inspect(scheduler, { port }).then(
      () => expect.unreachable(),
      (error) => error,
    )
    expect(failure).toBeInstanceOf(UdpngError)
    expect(failure).toMatchObject({
      code: 'BIND_FAILED',
      address: '127.0.0.1',
      port,
      syscall: 'listen',
      cause: { code: 'EADDRINUSE' },
    })
    expect(failure.message).toMatch(
      /^the inspector cannot listen on 127\.0\.0\.1 port \d+: .*another port/,
    )
    expect(Object.hasOwn(wall.errors, 'send')).toBe(false) // nothing is left behind
    taken.close()
    await expect(inspect(new Scheduler(), { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
      code: 'BIND_FAILED',
      message: expect.stringContaining('no such address'),
    })
  })

  it.each([
    [{ port: -1 }, 'port is -1'],
    [{ port: 65536 }, 'port is 65536'],
    [{ port: 1.5 }, 'port is 1.5'],
    [{ port: '80' }, 'port is "80"; it must be a whole number from 0 to 65535'],
    [{ host: '' }, 'host is ""'],
    [{ host: 'a b' }, 'host is "a b"'],
    [{ host: 1 }, 'host is 1'],
    [{ token: 'short' }, 'token must be'],
    [{ token: 'a token with spaces in it' }, 'token must be'],
    [{ hosts: [] }, 'cannot inspect: unknown option "hosts"; did you mean host?'],
  ])('INS-17 refuses %j', async (options, message) => {
    await expect(inspect(new Scheduler(), options as object)).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining(message),
    })
  })

  it('INS-17 refuses what is not a scheduler', async () => {
    await expect(inspect(new Wall() as never)).rejects.toMatchObject({ code: 'BAD_OPTION' })
  })

  it('INS-20 where others can come, a token is made up; it is in the url', async () => {
    await using one = await inspecting(new Scheduler(), { host: '0.0.0.0' })
    await using two = await inspecting(new Scheduler(), { host: '0.0.0.0' })
    const given = [one, two].map(({ url }) => new URL(url).searchParams.get('token') ?? '')
    for (const each of given) expect(each).toMatch(/^[\w-]{24}$/)
    expect(given[0]).not.toBe(given[1])
    expect(new URL(one.url).hostname).toBe('127.0.0.1')
    expect((await ask(one.url, '/snapshot')).status).toBe(401)
    expect((await ask(one.url, `/snapshot?token=${given[1]}`)).status).toBe(401)
    expect((await ask(one.url, `/snapshot?token=${given[0]}`)).status).toBe(200)
  })

  it('DGM-16 a loopback address in any spelling is one: no token, one spelling in the url, and it answers', async ({
    skip,
  }) => {
    for (const host of ['0:0:0:0:0:0:0:1', '::0001', '::1']) {
      const inspector = await inspect(new Scheduler(), { host, port: 0 }).catch(() =>
        skip('this machine has no IPv6'),
      )
      await using _ = { [Symbol.asyncDispose]: () => inspector.close() }
      expect(inspector.url).toMatch(/^http:\/\/\[::1\]:\d+\/$/)
      expect((await ask(inspector.url, '/snapshot')).status).toBe(200)
    }
  })

  it('INS-20 a token that was given is asked for on 127.0.0.1, too', async () => {
    await using inspector = await inspecting(new Scheduler(), { token })
    expect(inspector.url).toMatch(new RegExp(`/\\?token=${token}$`))
    const status = async (path: string, headers = {}): Promise<number> =>
      (await ask(inspector.url, path, { headers })).status
    expect(await status('/')).toBe(200)
    expect(await status('/snapshot')).toBe(401)
    expect(await status(`/snapshot?token=${token}`)).toBe(200)
    expect(await status('/metrics', { Authorization: `Bearer ${token}` })).toBe(200)
    expect(await status('/metrics', { Authorization: `bearer  ${token}` })).toBe(200)
  })

  it('INS-18 on ::1 it is called so', async () => {
    await using inspector = await inspecting(new Scheduler(), { host: '::1' })
    expect(inspector.url).toMatch(/^http:\/\/\[::1\]:\d+\/$/)
    const { port } = new URL(inspector.url)
    const headers = { Host: `[::1]:${port}` }
    expect((await ask(inspector.url, '/snapshot', { headers })).status).toBe(200)
  })
})

/** Timers and immediates that would keep this process alive. */
function timers(): number {
  return activeResources().filter((name) => /Timeout|Immediate/.test(name)).length
}

/** Other addresses of this machine. */
function others(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}
