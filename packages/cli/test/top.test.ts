import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ComponentPicture, Picture } from '@udpng/inspector'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { sampleOf } from '../src/top/sample.js'
import { sampleTable } from '../src/top/sample-table.js'
import { needs, Udpng } from './command.js'

const udpng = new Udpng()
const plain = (_style: string, text: string): string => text

function component(more: Partial<ComponentPicture> = {}): ComponentPicture {
  return { state: 'paused', inboxes: {}, outboxes: {}, drops: {}, ...more }
}

/** A system `seconds` after its start: in each second, 100 messages come, 90 go and 2 are dropped. */
function pictureAt(seconds: number): Picture {
  const inbox = { doc: '', length: 900, capacity: 1024, delivered: 0, dropped: 0 }
  return {
    time: seconds * 1000,
    more: 0,
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
      'Selector#4': component({ service: true }),
      'PostboxPeer#2': component({
        parent: 'Graphline#1',
        address: '127.0.0.1:1500',
        // notices of its socket, and requests for them: no flow
        inboxes: { readReady: { ...inbox, length: 0, taken: 70 * seconds } },
        outboxes: { selectorSignal: { doc: '', sent: 70 * seconds, discarded: 0 } },
        stats: { received: 1000 * seconds, sent: 10 * seconds, 'failed.ENETUNREACH': 1 },
      }),
      'Bad#5': component({
        state: 'failed',
        error: { time: 1, code: 'COMPONENT_FAILED', message: 'it \x1b[31mbroke\nbadly' },
      }),
    },
  }
}

/** Something that answers as an inspector does, a second later each time. */
async function inspector(answer?: () => string | number) {
  let seconds = 10
  const paths: string[] = []
  const server: Server = createServer(({ url = '' }, response) => {
    paths.push(url)
    const body = answer?.() ?? JSON.stringify(pictureAt(seconds++))
    response.statusCode = typeof body === 'number' ? body : 200
    response.end(String(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    paths,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
    [Symbol.dispose]() {
      this.close()
    },
  }
}

describe('top', { timeout: 30_000 }, () => {
  it('CLI-19 shows what flows each second, what waits and what is lost, below the parents', () => {
    const lines = sampleTable(sampleOf(pictureAt(12), pictureAt(10)), Infinity, plain)
    expect(lines).toEqual([
      '5 components; each second 1 000 datagrams received, 10 sent, 2 dropped',
      '',
      'COMPONENT        STATE   IN/s  OUT/s       WAITING  DROPPED',
      'Graphline#1      paused     0      0',
      '  Transformer#3  paused   100     90  900 of 1 024       24',
      '  PostboxPeer#2  paused     0      0                         127.0.0.1:1500',
      'Selector#4       paused     0      0',
      'Bad#5            failed     0      0                         it \\x1b[31mbroke badly',
    ])
  })

  it('CLI-19 where there is no room for all, those that failed or drop stay, then the busiest', () => {
    const lines = sampleTable(sampleOf({ ...pictureAt(12), more: 95 }, pictureAt(10)), 2, plain)
    expect(lines.slice(3)).toEqual([
      expect.stringMatching(/^ {2}Transformer#3 /),
      expect.stringMatching(/^Bad#5 /),
      'and 98 components with less to tell',
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
        /^5 components; each second 1 000 datagrams received, 10 sent, 2 dropped\n/,
      )
      expect(stdout.split('\n')).toHaveLength(9)
    }
    expect(there.paths).toEqual([
      '/snapshot?token=a',
      '/snapshot?token=a',
      '/snapshot',
      '/snapshot',
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
    expect(stderr).toMatch(/^udpng: the system at http:\/\/127\.0\.0\.1:\d+ has ended\n$/)
    expect(code).toBe(0)
  })

  it('CLI-19 one that answers no more, but is there, has not ended: one line, exit code 1', async () => {
    let asked = 0
    using there = await inspector(() => (++asked > 2 ? 503 : JSON.stringify(pictureAt(asked))))
    const { code, stderr } = await udpng.run('top', `:${there.port}`, '--interval', '100ms').end
    expect(stderr).toMatch(/^udpng: \S+ answers 503: [^\n]+\n$/)
    expect(code).toBe(1)
  })

  it('CLI-19 --once of a system that ends before there is a table: exit code 1', async () => {
    using there = await inspector()
    const running = udpng.run('top', `:${there.port}`, '--once', '--interval', '1s')
    await eventually(() => there.paths.length === 1, 'the first look')
    there.close()
    const { code, stdout, stderr } = await running.end
    expect(stderr).toMatch(/^udpng: no inspector at [^\n]+\n$/)
    expect([code, stdout]).toEqual([1, ''])
  })

  it.each<[string, (() => string | number) | undefined, string]>([
    ['nobody', undefined, 'connection refused'],
    ['who wants a token', () => 401, 'answers 401: give the whole URL'],
    ['what is no inspector', () => '<html>', 'is no inspector'],
    ['what is another JSON', () => '{"time":"now"}', 'is no inspector'],
  ])('CLI-19 %s at the other end: one line, exit code 1', async (_, answer, why) => {
    using there = await inspector(answer)
    if (!answer) there.close()
    const { code, stdout, stderr } = await udpng.run('top', `:${there.port}`).end
    expect(stderr).toMatch(/^udpng: [^\n]+\n$/)
    expect(stderr).toContain(why)
    expect([code, stdout]).toEqual([1, ''])
  })

  it('CLI-25 on a terminal it draws the table in its place, and gives the cursor back', async ({
    skip,
  }) => {
    needs(skip, 'script')
    using there = await inspector()
    using running = udpng.onTerminal('top', `:${there.port}`, '--interval', '100ms')
    await running.says('\x1b[8A\x1b[0J5 components')
    running.type('\x03')
    const { code, stdout } = await running.end
    expect(stdout.startsWith('\x1b[?25l')).toBe(true)
    expect(stdout).toContain('\x1b[31mfailed\x1b[39m')
    expect(stdout.endsWith('\x1b[?25h')).toBe(true)
    expect(code).toBe(0)
  })
})
