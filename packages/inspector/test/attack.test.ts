import { createHash } from 'node:crypto'
import { Component, type Main, Scheduler } from '@udpng/core'
import { eventually, openSockets } from 'test-support'
import { describe, expect, it } from 'vitest'
import { ask, Events, Raw } from './client.js'
import { inspecting, Wall } from './parts.js'

const token = 'a-token-of-the-test'
const DATA = ['/', '/snapshot', '/history', '/metrics', '/events', '/messages?box=Wall%231.inbox']

/** What needs the token: the page itself reveals nothing about a program. */
const SECRETS = DATA.filter((path) => path !== '/')

/** A system with one component, and its inspector. */
async function attacked(
  options = {},
): Promise<{ url: string; port: string; wall: Wall } & AsyncDisposable> {
  const scheduler = new Scheduler()
  const wall = scheduler.activate(new Wall())
  void scheduler.run()
  const { url, close } = await inspecting(scheduler, options)
  return {
    url,
    port: new URL(url).port,
    wall,
    async [Symbol.asyncDispose]() {
      await close()
      scheduler.stop()
    },
  }
}

/** A request, as bytes. */
function get(port: string, path = '/snapshot', more = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}\r\n`
}

/** No unauthorized client gets an answer like this. */
function expectRefused(
  status: number,
  { status: found, body, headers }: Awaited<ReturnType<typeof ask>>,
): void {
  expect({ found, body }).toEqual({ found: status, body: expect.not.stringContaining('Wall') })
  expect(body.length).toBeLessThan(200)
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
}

describe('Host', () => {
  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])(
    'INS-18 %s is this machine',
    async (host) => {
      await using it = await attacked()
      const headers = { Host: `${host}:${it.port}` }
      expect((await ask(it.url, '/snapshot', { headers })).status).toBe(200)
    },
  )

  it.each([
    'evil.example',
    'evil.example:PORT',
    'localhost.evil.example:PORT',
    '127.0.0.1.evil.example:PORT',
    '127.0.0.1',
    'localhost',
    '127.0.0.1:1',
    '127.0.0.1:PORT.evil.example',
    'evil.example@127.0.0.1:PORT',
    '127.0.0.1:PORT@evil.example',
    '127.0.0.2:PORT',
    '0.0.0.0:PORT',
    '[::]:PORT',
    '2130706433:PORT',
    '127.1:PORT',
  ])('INS-18 %j is refused: a name that was made to resolve to this machine', async (host) => {
    await using it = await attacked()
    const headers = { Host: host.replace('PORT', it.port) }
    for (const path of DATA) expectRefused(421, await ask(it.url, path, { headers }))
  })

  it('INS-18 none, or two, are refused', async () => {
    await using it = await attacked()
    const host = `Host: 127.0.0.1:${it.port}\r\n`
    using none = new Raw(it.url, 'GET /snapshot HTTP/1.1\r\n\r\n')
    using old = new Raw(it.url, 'GET /snapshot HTTP/1.0\r\n\r\n')
    using empty = new Raw(it.url, 'GET /snapshot HTTP/1.1\r\nHost:\r\n\r\n')
    using two = new Raw(it.url, `GET /snapshot HTTP/1.1\r\n${host}Host: evil.example\r\n\r\n`)
    using twice = new Raw(it.url, `GET /snapshot HTTP/1.1\r\nhost: evil.example\r\n${host}\r\n`)
    for (const raw of [none, old, empty, two, twice]) {
      await raw.closes()
      expect(raw.heard).toMatch(/^HTTP\/1\.1 4(00|21) /)
      expect(raw.heard).not.toContain('Wall')
    }
  })

  it('INS-18 where it listens on all addresses, the one that was come to is its name', async () => {
    await using it = await attacked({ host: '0.0.0.0', token })
    const status = async (host: string): Promise<number> => {
      const headers = { Host: `${host}:${it.port}` }
      return (await ask(`http://127.0.0.2:${it.port}/`, `/snapshot?token=${token}`, { headers }))
        .status
    }
    expect(await status('127.0.0.2')).toBe(200)
    expect(await status('127.0.0.3')).toBe(421)
    expect(await status('evil.example')).toBe(421)
  })
})

describe('pages from elsewhere', () => {
  it.each([
    'http://evil.example',
    'https://evil.example',
    'null',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'https://127.0.0.1:PORT',
    'http://127.0.0.1:PORT.evil.example',
    'http://localhost:PORT', // asked as 127.0.0.1
    'file://',
    'chrome-extension://abc',
    '',
  ])('INS-19 with Origin %j are refused', async (origin) => {
    await using it = await attacked()
    const headers = { Origin: origin.replace('PORT', it.port) }
    for (const path of DATA) expectRefused(403, await ask(it.url, path, { headers }))
  })

  it.each(['cross-site', 'same-site', 'anything'])(
    'INS-19 with Sec-Fetch-Site %s are refused',
    async (site) => {
      await using it = await attacked()
      for (const path of DATA)
        expectRefused(403, await ask(it.url, path, { headers: { 'Sec-Fetch-Site': site } }))
    },
  )

  it('INS-19 our own page is answered, without CORS headers', async () => {
    await using it = await attacked()
    const own = [
      { Origin: `http://127.0.0.1:${it.port}` },
      { 'Sec-Fetch-Site': 'same-origin' },
      { 'Sec-Fetch-Site': 'none' },
    ]
    for (const headers of own) {
      const reply = await ask(it.url, '/snapshot', { headers })
      expect(reply.status).toBe(200)
      expect(Object.keys(reply.headers).join()).not.toContain('access-control')
    }
  })
})

describe('a token', () => {
  it.each([
    '',
    '?token',
    '?token=',
    '?token=wrong',
    `?token=${token}x`,
    `?token=${token.slice(1)}`,
    `?token=${token.toUpperCase()}`,
    `?token=${createHash('sha256').update(token).digest('hex')}`,
    `?Token=${token}`,
    `?token=wrong&token=${token}`,
    `?token[]=${token}`,
    `?x=${token}`,
  ])('INS-20 that is missing or wrong is refused: %s', async (query) => {
    await using it = await attacked({ token })
    for (const path of SECRETS) {
      const [plain, own] = path.split('?')
      const asked = own && query ? `${plain}${query}&${own}` : `${path}${query}`
      const reply = await ask(it.url, asked)
      expectRefused(401, reply)
      expect(reply.body).not.toContain(token)
    }
  })

  it.each([
    'Bearer',
    'Bearer wrong',
    `Bearer ${token}x`,
    `Basic ${Buffer.from(`:${token}`).toString('base64')}`,
    token,
    `Bearer ${token} ${token}`,
  ])('INS-20 as Authorization: %s is refused', async (authorization) => {
    await using it = await attacked({ token })
    const headers = { Authorization: authorization }
    expectRefused(401, await ask(it.url, '/snapshot', { headers }))
  })
})

describe('paths', () => {
  it.each([
    '/assets/../package.json',
    '/assets/../../package.json',
    '/../../../../etc/passwd',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e%2f%2e%2e%2fpackage.json',
    '/assets/..%5c..%5cpackage.json',
    '/assets/..\\..\\package.json',
    '/assets/....//....//package.json',
    '/assets/%252e%252e%252fpackage.json',
    '/assets/..%c0%af..%c0%afpackage.json',
    '/assets//etc/passwd',
    '//etc/passwd',
    '/assets/%00',
    '/assets/index.html%00.js',
    '/assets/.',
    '/assets/',
    '/assets',
    '/./snapshot',
    '/assets/../snapshot',
    '/snapshot/',
    '/snapshot%00',
    '/SNAPSHOT',
    '/snapshot;x',
    '/snapshot#x',
    '/__proto__',
    '/constructor',
    '/index.html',
    '/assets/index.js.map',
  ])('INS-21 %s leads nowhere', async (path) => {
    await using it = await attacked()
    expectRefused(404, await ask(it.url, path))
  })

  it.each([
    'http://127.0.0.1/snapshot',
    'http://evil.example/',
    '*',
    'snapshot',
    '?',
    'file:///etc/passwd',
  ])('INS-21 %s is not a path', async (path) => {
    await using it = await attacked()
    expectRefused(400, await ask(it.url, path))
  })
})

describe('what is more than a question', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE'])(
    'INS-22 %s is refused',
    async (method) => {
      await using it = await attacked()
      for (const path of DATA) {
        const reply = await ask(it.url, path, { method })
        expectRefused(405, reply)
        expect(reply.headers['allow']).toBe('GET, HEAD')
      }
    },
  )

  it('INS-22 HEAD is answered like GET, without the content, and streams nothing', async () => {
    await using it = await attacked()
    for (const path of DATA) {
      const reply = await ask(it.url, path, { method: 'HEAD' })
      expect(reply).toMatchObject({ status: 200, body: '' })
    }
    expect((await ask(it.url, '/messages?box=x', { method: 'HEAD' })).status).toBe(404)
    expect(Object.hasOwn(it.wall.inbox, 'deliver')).toBe(false)
  })

  it('INS-22 CONNECT is hung up on', async () => {
    await using it = await attacked()
    using raw = new Raw(
      it.url,
      `CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1:${it.port}\r\n\r\n`,
    )
    await raw.closes()
    expect(raw.heard).toBe('')
  })

  it('INS-22 a body is refused, and not waited for', async () => {
    await using it = await attacked()
    const head = `GET /snapshot HTTP/1.1\r\nHost: 127.0.0.1:${it.port}\r\n`
    using announced = new Raw(it.url, `${head}Content-Length: 100000000000\r\n\r\n`)
    using small = new Raw(it.url, `${head}Content-Length: 1\r\n\r\nx`)
    using chunked = new Raw(it.url, `${head}Transfer-Encoding: chunked\r\n\r\nffffffff\r\n`)
    using asking = new Raw(it.url, `${head}Content-Length: 10\r\nExpect: 100-continue\r\n\r\n`)
    using odd = new Raw(it.url, `${head}Expect: something\r\n\r\n`)
    using both = new Raw(it.url, `${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`)
    for (const [raw, status] of [
      [announced, 413],
      [small, 413],
      [chunked, 413],
      [asking, 413],
      [odd, 417],
      [both, 400],
    ] as const) {
      await raw.closes()
      expect(raw.status).toBe(status)
      expect(raw.heard.match(/HTTP\/1\.1/g)).toHaveLength(1)
    }
  })

  it('INS-22 an endless body is not read', async () => {
    await using it = await attacked()
    using raw = new Raw(
      it.url,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${it.port}\r\nContent-Length: 1000000000\r\n\r\n`,
    )
    let written = 0
    const chunk = Buffer.alloc(65_536)
    const pour = (): void => {
      for (; !raw.closed && written < 1e9; written += chunk.length)
        if (!raw.socket.write(chunk)) {
          raw.socket.once('drain', pour)
          return
        }
    }
    pour()
    await raw.closes()
    expect(written).toBeLessThan(1e8)
  })

  it('INS-22 an upgrade is refused, to a WebSocket or to HTTP/2', async () => {
    await using it = await attacked()
    for (const upgrade of ['websocket', 'h2c']) {
      const headers = {
        Connection: 'Upgrade',
        Upgrade: upgrade,
        'Sec-WebSocket-Key': 'x3JJHMbDL1EzLkh9GBhXDw==',
        'Sec-WebSocket-Version': '13',
        Origin: 'http://evil.example',
      }
      expectRefused(400, await ask(it.url, '/events', { headers }))
    }
  })
})

describe('what is not a request, or too much of one', () => {
  it('INS-23 other bytes are refused', async () => {
    await using it = await attacked()
    const all = [
      '\r\n\r\n\r\nnonsense\r\n\r\n',
      'GET /snapshot\r\n\r\n',
      'GET /snapshot HTTP/9.9\r\n\r\n',
      Buffer.from('16030100f1010000ed0303', 'hex'), // TLS
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      get(it.port).replace('\r\n', '\n'),
      get(it.port, '/snap\0shot'),
      get(it.port, '/snapshot', 'X: a\0b\r\n'),
      get(it.port, '/snapshot', 'Content-Length: -1\r\n'),
      get(it.port, '/snapshot', 'Content-Length: 1\r\nContent-Length: 2\r\n'),
      get(it.port, '/snapshot', 'X : y\r\n'),
      get(it.port, '/snapshot', ' folded: y\r\n'),
    ]
    for (const bytes of all) {
      using raw = new Raw(it.url, bytes)
      await raw.closes()
      expect([400, 408, 413, 421], String(bytes)).toContain(raw.status)
      expect(raw.heard).not.toContain('Wall')
    }
  })

  it('INS-23 headers and addresses have a limit', async () => {
    await using it = await attacked()
    const many = Array.from({ length: 70 }, (_, i) => `X-${i}: y\r\n`).join('')
    for (const [bytes, status] of [
      [get(it.port, '/snapshot', `X: ${'y'.repeat(9000)}\r\n`), 431],
      [get(it.port, '/snapshot', `X: ${'y'.repeat(900_000)}\r\n`), 431],
      [get(it.port, '/snapshot', many), 431],
      [get(it.port, `/snapshot?${'y'.repeat(3000)}`), 414],
      [get(it.port, `/snapshot?${'y'.repeat(900_000)}`), 431],
    ] as const) {
      using raw = new Raw(it.url, bytes)
      await raw.closes()
      // Who is hung up on while still sending may not get to read why.
      expect([status, undefined]).toContain(raw.status)
      expect(raw.heard).not.toContain('Wall')
    }
  })

  it('INS-23 a client that pipelines requests is disconnected', async () => {
    await using it = await attacked()
    using raw = new Raw(it.url, get(it.port, '/events') + get(it.port).repeat(1000))
    await raw.closes()
    expect(raw.heard.match(/HTTP\/1\.1/g)?.length ?? 0).toBeLessThanOrEqual(1)
  })

  it('INS-23 one connection brings a hundred requests at most', async () => {
    await using it = await attacked()
    using raw = new Raw(it.url, get(it.port, '/nothing').repeat(400))
    await raw.closes()
    expect(raw.heard.match(/HTTP\/1\.1 404/g)?.length ?? 0).toBeLessThanOrEqual(100)
  })

  it('INS-23 requests are answered at a bounded rate', async () => {
    await using it = await attacked()
    const began = performance.now()
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let i = 0; i < 20; i++) await ask(it.url, '/snapshot').catch(() => {})
      }),
    )
    // 64 at once, and then a hundred a second.
    expect(performance.now() - began).toBeGreaterThan(900)
  })
})

describe('clients that stay', () => {
  it('INS-24 are 64 at most: others are hung up on, and there is room again when some leave', async () => {
    await using it = await attacked()
    const raws = Array.from({ length: 100 }, () => new Raw(it.url))
    await eventually(() => raws.filter(({ closed }) => closed).length === 36)
    for (const raw of raws) raw.socket.destroy()
    await eventually(() => raws.every(({ closed }) => closed))
    await expect
      .poll(
        () =>
          ask(it.url, '/snapshot').then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 60_000 },
      )
      .toBe(200)
  })

  it('INS-24 eight of them may have events: more are refused', async () => {
    await using it = await attacked()
    const all: Events[] = []
    for (let i = 0; i < 8; i++)
      all.push(await Events.open(it.url, i % 2 ? '/events' : '/messages?box=Wall%231.inbox'))
    await expect(Events.open(it.url, '/events')).rejects.toThrow('503')
    expect((await ask(it.url, '/snapshot')).status).toBe(200)
    all[0]?.[Symbol.dispose]()
    await expect
      .poll(
        () =>
          Events.open(it.url, '/events').then(
            (events) => all.push(events),
            () => 0,
          ),
        { timeout: 60_000 },
      )
      .toBe(9)
    for (const events of all) events[Symbol.dispose]()
  })

  it('INS-24 and send nothing, or a byte now and then, are hung up on after five seconds', {
    timeout: 120_000,
  }, async () => {
    await using it = await attacked()
    const began = performance.now()
    const silent = new Raw(it.url)
    const slow = new Raw(it.url, 'GET /snapshot HTTP/1.1\r\n')
    const slower = new Raw(it.url, `GET /snapshot HTTP/1.1\r\nHost: 127.0.0.1:${it.port}\r\n`)
    const timer = setInterval(() => {
      for (const { socket, closed } of [slow, slower]) if (!closed) socket.write('X: y\r\n')
    }, 500)
    for (const raw of [silent, slow, slower]) await raw.closes()
    clearInterval(timer)
    expect(performance.now() - began).toBeGreaterThan(4000)
    for (const { heard } of [silent, slow, slower]) expect(heard).not.toContain('Wall')
  })

  it('INS-24 and read nothing are hung up on after ten seconds', async () => {
    const scheduler = new Scheduler()
    for (let i = 0; i < 400; i++) scheduler.activate(new Wall())
    void scheduler.run()
    await using inspector = await inspecting(scheduler)
    using raw = new Raw(inspector.url)
    await eventually(() => raw.socket.readyState === 'open')
    raw.socket.pause()
    // Each answer is 130 kB: the system does not take all of them.
    raw.socket.write(get(new URL(inspector.url).port).repeat(90))
    const open = openSockets()
    await eventually(() => openSockets() < open, 'that the server has hung up')
    expect((await ask(inspector.url, '/history')).status).toBe(200)
    scheduler.stop()
  })
})

describe('markup', () => {
  it('INS-26 in names and messages stays text, also for a browser', async () => {
    const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>'
    class Marked extends Component {
      override *main(): Main {
        while (!this.readControl()) yield this.pause()
      }
    }
    Object.defineProperty(Marked, 'name', { value: markup })
    const scheduler = new Scheduler()
    const wall = scheduler.activate(new Wall())
    scheduler.activate(new Marked())
    void scheduler.run()
    await using inspector = await inspecting(scheduler)
    const { body, headers } = await ask(inspector.url, '/snapshot')
    expect(Object.keys(JSON.parse(body).components)).toContain(`${markup}#1`)
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    using events = await Events.open(inspector.url, '/messages?box=Wall%231.inbox')
    wall.inbox.deliver(`${markup}\n\nevent: picture\ndata: {}\n\n`)
    wall.inbox.deliver(`${markup}\r\r\u2028`)
    await events.have('message', 1)
    expect(events.all).toHaveLength(1)
    expect(events.of<{ text: string }>('message')[0]?.text).toContain(`${markup}\n\nevent`)
    for (const path of [`/${markup}`, `/messages?box=${markup}`]) {
      const reply = await ask(inspector.url, encodeURI(path))
      expect(reply.status).toBe(404)
      expect(reply.headers['content-type']).toBe('text/plain; charset=utf-8')
      expect(reply.body).not.toContain('img')
    }
    scheduler.stop()
  })

  it('INS-26 every answer says what a browser may do with it: next to nothing', async () => {
    await using it = await attacked()
    const paths: [string, object?][] = [
      ...DATA.map((path): [string] => [path]),
      ['/nothing'],
      ['/', { method: 'POST' }],
      ['/', { headers: { Host: 'evil.example' } }],
    ]
    for (const [path, asking] of paths) {
      const { headers } = await ask(it.url, path, { method: 'HEAD', ...asking })
      expect(headers, path).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
      })
      expect(headers['set-cookie']).toBeUndefined()
      expect(headers['server'] ?? headers['x-powered-by']).toBeUndefined()
    }
  })
})
