import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ComponentPicture, Picture } from '@udpng/inspector'
import { describe, expect, it } from 'vitest'
import { type Sample, sampleOf } from '../src/top/sample.js'
import { sampleTable } from '../src/top/sample-table.js'
import { needs, Udpng } from './command.js'

const udpng = new Udpng()
const plain = (_style: string, text: string): string => text

function component(more: Partial<ComponentPicture> = {}): ComponentPicture {
  return { id: 1, group: 'Part', state: 'paused', inboxes: {}, outboxes: {}, drops: {}, ...more }
}

/** A system `seconds` after its start: in each second, 100 messages come, 90 go and 2 are dropped. */
function pictureAt(seconds: number): Picture {
  const inbox = { doc: '', length: 900, capacity: 1024, delivered: 0, dropped: 0 }
  return {
    time: seconds * 1000,
    more: 0,
    account: {
      entered: 1000 * seconds,
      consumed: 998 * seconds,
      waiting: 0,
      dropped: { TRANSFORM_FAILED: 2 * seconds },
      unaccounted: 0,
      complete: true,
    },
    links: {
      'PostboxPeer#2.outbox': 'Transformer#3.inbox',
      'PostboxPeer#2.selectorSignal': 'Selector#4.requests',
    },
    components: {
      'Graphline#1': component(),
      'Transformer#3': component({
        parent: 'Graphline#1',
        inboxes: { inbox: { ...inbox, taken: 100 * seconds } },
        outboxes: { outbox: { doc: '', sent: 90 * seconds, discarded: 0 } },
        drops: { TRANSFORM_FAILED: 2 * seconds },
      }),
      'Selector#4': component({ plumbing: true }),
      'PostboxPeer#2': component({
        parent: 'Graphline#1',
        address: '127.0.0.1:1500',
        inboxes: { readReady: { ...inbox, plumbing: true, length: 0, taken: 70 * seconds } },
        outboxes: { selectorSignal: { doc: '', plumbing: true, sent: 70 * seconds, discarded: 0 } },
        datagrams: { received: 1000 * seconds, sent: 10 * seconds },
        stats: { received: 1000 * seconds, sent: 10 * seconds, 'failed.ENETUNREACH': 1 },
      }),
      // It counts again what the peer has counted.
      'Sessions#6': component({ stats: { received: 1000 * seconds } }),
      'Bad#5': component({
        state: 'failed',
        error: { time: 1, code: 'COMPONENT_FAILED', message: 'it \x1b[31mbroke\nbadly' },
      }),
    },
  }
}

/** A picture of these components, at a time. */
function pictureOf(components: readonly [string, ComponentPicture][], time = 1): string {
  const all = Object.create(null)
  for (const [name, one] of components) all[name] = one
  return JSON.stringify({ ...pictureAt(time), components: all, account: NO_ACCOUNT })
}

const NO_ACCOUNT = { ...pictureAt(0).account, dropped: {} }

/** An answer is on its way. */
const ENDLESS = 'endless'

/** Answers as fast as it is read, without an end. */
function pour(response: ServerResponse): string {
  const chunk = Buffer.alloc(65_536, ' ')
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
    response.once('drain', write)
  }
  write()
  return ENDLESS
}

/** Answers a byte at a time, without an end. */
function drip(response: ServerResponse): string {
  const timer = setInterval(() => response.write(' '), 50)
  response.once('close', () => clearInterval(timer))
  return ENDLESS
}

/** Something that answers as an inspector does, a second later each time. */
async function inspector(answer?: (response: ServerResponse) => string | number | undefined) {
  let seconds = 10
  const asked: string[] = []
  const server: Server = createServer(({ url = '', headers }, response) => {
    asked.push(`${url} ${headers.authorization}`)
    const body = answer?.(response) ?? JSON.stringify(pictureAt(seconds++))
    if (body === ENDLESS) return
    response.statusCode = typeof body === 'number' ? body : 200
    response.end(String(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    asked,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
    [Symbol.dispose]() {
      this.close()
    },
  }
}

describe('top', () => {
  it('CLI-19 shows what flows each second, what is queued and what is lost, below the parents', () => {
    const lines = sampleTable(sampleOf(pictureAt(12), pictureAt(10)), Infinity, plain)
    expect(lines).toEqual([
      '5 components; per second: 1 000 datagrams received, 10 sent, 2 dropped',
      'since the start: 24 dropped',
      '',
      'COMPONENT        STATE   IN/s  OUT/s       WAITING  DROPPED',
      'Graphline#1      paused     0      0',
      '  Transformer#3  paused   100     90  900 of 1 024       24',
      '  PostboxPeer#2  paused     0      0                         127.0.0.1:1500, 1 000/s received, 10/s sent',
      'Sessions#6       paused     0      0',
      'Bad#5            failed     0      0                         it \\x1b[31mbroke badly',
    ])
  })

  it('TOP-05 plumbing is in no table unless it dropped something or failed; in JSON it is marked', () => {
    const sampled = (more: Partial<ComponentPicture>) => {
      const { components, ...rest } = pictureAt(12)
      const selector = component({ plumbing: true, ...more })
      return sampleOf(
        { ...rest, components: { ...components, 'Selector#4': selector } },
        pictureAt(10),
      )
    }
    const isShown = (more: Partial<ComponentPicture>): boolean =>
      sampleTable(sampled(more), Infinity, plain).some((line) => line.startsWith('Selector#4'))
    expect([{}, { drops: { unread: 1 } }, { state: 'failed' } as const].map(isShown)).toEqual([
      false,
      true,
      true,
    ])
    const marked = sampled({}).components.filter(({ plumbing }) => plumbing)
    expect(marked.map(({ name }) => name)).toEqual(['Selector#4'])
  })

  it('CLI-19 where there is no room for all, those that failed or drop stay, then the busiest', () => {
    const lines = sampleTable(sampleOf({ ...pictureAt(12), more: 95 }, pictureAt(10)), 2, plain)
    expect(lines.slice(4)).toEqual([
      expect.stringMatching(/^ {2}Transformer#3 /),
      expect.stringMatching(/^Bad#5 /),
      'and 98 more, with less traffic',
    ])
  })

  it('CLI-19 --once: a table of one interval, from the inspector of a URL, a port or an address', async () => {
    using there = await inspector()
    for (const address of [`http://127.0.0.1:${there.port}/?token=a`, `:${there.port}`]) {
      const { code, stdout, stderr } = await udpng.run(
        'top',
        address,
        '--once',
        '--interval',
        '100ms',
      ).end
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(
        /^5 components; per second: 1 000 datagrams received, 10 sent, 2 dropped\n/,
      )
      expect(stdout.split('\n')).toHaveLength(10)
    }
    expect(there.asked).toEqual([
      '/snapshot Bearer a',
      '/snapshot Bearer a',
      '/snapshot undefined',
      '/snapshot undefined',
    ])
  })

  it('CLI-19 --json: a line for each interval; it ends with the system', async () => {
    using there = await inspector()
    using running = udpng.run('top', `:${there.port}`, '--json', '--interval', '100ms')
    await running.says(/\n.*\n/)
    there.close()
    const { code, stdout, stderr } = await running.end
    const [first] = stdout.split('\n').map((line) => JSON.parse(line || '{}'))
    expect(first).toMatchObject({ received: 1000, sent: 10, dropped: 2 })
    expect(first.components[1]).toMatchObject({ name: 'Transformer#3', in: 100, waiting: 900 })
    expect(stderr).toMatch(/^udpng: the program at http:\/\/127\.0\.0\.1:\d+ has ended\n$/)
    expect(code).toBe(0)
  })

  it('CLI-19 one that answers no more, but is there, has not ended: one line, exit code 1', async () => {
    let asked = 0
    using there = await inspector(() => (++asked > 2 ? 503 : JSON.stringify(pictureAt(asked))))
    const { code, stderr } = await udpng.run('top', `:${there.port}`, '--interval', '100ms').end
    expect(stderr).toMatch(/^udpng: \S+ responded with status 503; [^\n]+\n$/)
    expect(code).toBe(1)
  })

  it('CLI-19 --once of a system that ends before there is a table: exit code 1', async () => {
    using there = await inspector((response) => {
      response.once('close', () => there.close())
      return undefined
    })
    const args = ['top', `:${there.port}`, '--once', '--interval', '100ms']
    const { code, stdout, stderr } = await udpng.run(...args).end
    expect(there.asked).toHaveLength(1)
    expect(stderr).toMatch(/^udpng: no inspector at [^\n]+\n$/)
    expect([code, stdout]).toEqual([1, ''])
  })

  it.each<[string, ((response: ServerResponse) => string | number) | undefined, string]>([
    ['no server', undefined, 'connection refused'],
    ['who wants a token', () => 401, 'responded with status 401; use the whole URL'],
    ['what is not an inspector', () => '<html>', 'is not an inspector'],
    ['what is another JSON', () => '{"time":"now"}', 'is not an inspector'],
    ['an answer without an end', (response) => pour(response), 'more than 32 MiB'],
    ['an answer that drips', (response) => drip(response), 'no complete response within 5000 ms'],
    [
      'too many components',
      () => pictureOf(Array.from({ length: 1001 }, (_, i) => [`A#${i}`, component()])),
      '1 001 components',
    ],
  ])('CLI-19 TOP-01 %s at the other end: one line, exit code 1', async (_, answer, why) => {
    using there = await inspector(answer)
    if (!answer) there.close()
    const { code, stdout, stderr } = await udpng.run('top', `:${there.port}`).end
    expect(stderr).toMatch(/^udpng: [^\n]+\n$/)
    expect(stderr).toContain(why)
    expect([code, stdout]).toEqual([1, ''])
  })

  it('TOP-01 a tree as deep as there are components, and a circle of parents, are shown', async () => {
    const deep = Array.from({ length: 900 }, (_, i): [string, ComponentPicture] => [
      `A#${i}`,
      component(i === 0 ? {} : { parent: `A#${i - 1}` }),
    ])
    const circle: [string, ComponentPicture][] = [
      ['B#1', component({ parent: 'B#2' })],
      ['B#2', component({ parent: 'B#1' })],
      ['constructor#3', component({ parent: 'constructor' })],
    ]
    const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    let time = 0
    using there = await inspector(() =>
      pictureOf([...deep, ...circle], ++time).replace('{', `{"more of it":${nested},`),
    )
    const { code, stdout, stderr } = await udpng.run('top', `:${there.port}`, '--once').end
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.split('\n')
    expect(lines).toHaveLength(3 + 903 + 1)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(100)
    expect(stdout).toMatch(/\nB#1 .*\n {2}B#2 /)
    expect(stdout).toMatch(/\nconstructor#3 /)
  })

  it('TOP-02 text from the network cannot drive the terminal, and a long one is cut', async () => {
    const hostile = 'a\x1b[2Jb\x9bc\x7fd\u202ee\u2066f\u200eg\u061ch'
    let time = 0
    const text = () =>
      pictureOf(
        [
          [hostile, component({ address: hostile, state: 'failed' })],
          [
            'B#1',
            component({ error: { time: 1, code: 'X', message: `${hostile}${'y'.repeat(1e6)}` } }),
          ],
        ],
        ++time,
      )
    using there = await inspector(text)
    for (const options of [['--once'], ['--once', '--json']]) {
      const { code, stdout } = await udpng.run('top', `:${there.port}`, ...options).end
      expect(code).toBe(0)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
      expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]|\p{Bidi_Control}/u)
      if (options.length > 1) expect(JSON.parse(stdout).components[0].name).toBe(hostile)
      else expect(stdout.length).toBeLessThan(2000)
    }
  })

  it('TOP-03 two requests that get the same picture are not compared: it waits for a new one', async () => {
    let asked = 0
    using there = await inspector(() => JSON.stringify(pictureAt(Math.floor(asked++ / 4))))
    const { code, stdout } = await udpng.run(
      'top',
      `:${there.port}`,
      '--once',
      '--interval',
      '100ms',
    ).end
    expect(code).toBe(0)
    expect(stdout).toContain('per second: 1 000 datagrams received, 10 sent, 2 dropped')
    expect(asked).toBe(5)
  })

  it('TOP-03 --once waits for a new reading of what something passes', async () => {
    let asked = 0
    using there = await inspector(() => {
      const seconds = 10 + asked++
      // The peer is read every third second only.
      const readAt = seconds - (seconds % 3)
      const { components, ...rest } = pictureAt(seconds)
      const { datagrams } = pictureAt(readAt).components['PostboxPeer#2'] ?? {}
      const peer = { ...components['PostboxPeer#2'], datagrams, readAt: readAt * 1000 }
      return JSON.stringify({ ...rest, components: { ...components, 'PostboxPeer#2': peer } })
    })
    const { stdout } = await udpng.run('top', `:${there.port}`, '--once', '--interval', '100ms').end
    expect(stdout).toContain('per second: 1 000 datagrams received, 10 sent, 2 dropped')
    expect(asked).toBe(3)
  })

  it('TOP-03 a rate is that between two readings, and stays when there is no new one', () => {
    const at = (seconds: number, readAt: number): Picture => {
      const { components, ...rest } = pictureAt(seconds)
      const { datagrams } = pictureAt(readAt).components['PostboxPeer#2'] ?? {}
      const peer = { ...components['PostboxPeer#2'], datagrams, readAt: readAt * 1000 }
      return { ...rest, components: { ...components, 'PostboxPeer#2': peer as ComponentPicture } }
    }
    const pictures = [at(10, 10), at(11, 11), at(12, 11), at(13, 11), at(14, 14)]
    let last: Sample | undefined
    for (const [i, picture] of pictures.slice(1).entries()) {
      last = sampleOf(picture, pictures[i] as Picture, last)
      expect(last).toMatchObject({ received: 1000, sent: 10, dropped: 2 })
    }
  })

  it('TOP-04 losses that are not known exactly have their bounds, and what does not add up is shown', () => {
    const kernelDrops = { atLeast: 82_425, about: 5_275_200, atMost: 10_550_400 }
    const bounded = (picture: Picture): Picture => ({
      ...picture,
      components: { 'UDPReceiver#1': component({ kernelDrops }) },
      account: { ...picture.account, dropped: {}, kernelDrops, unaccounted: 3 },
    })
    const lines = sampleTable(
      sampleOf(bounded(pictureAt(12)), bounded(pictureAt(10))),
      Infinity,
      plain,
    )
    const text = 'about 5 275 200 (82 425 to 10 550 400)'
    expect(lines[1]).toBe(`since the start: ${text} dropped, 3 unaccounted`)
    expect(lines[4]).toContain(text)
  })

  it('CLI-25 on a terminal it draws the table in its place, and gives the cursor back', async ({
    skip,
  }) => {
    needs(skip, 'script')
    using there = await inspector()
    using running = udpng.onTerminal('top', `:${there.port}`, '--interval', '100ms')
    await running.says('\x1b[9A\x1b[0J5 components')
    running.type('\x03')
    const { code, stdout } = await running.end
    expect(stdout.startsWith('\x1b[?25l')).toBe(true)
    expect(stdout).toContain('\x1b[31mfailed\x1b[39m')
    expect(stdout.endsWith('\x1b[?25h')).toBe(true)
    expect(code).toBe(0)
  })
})
