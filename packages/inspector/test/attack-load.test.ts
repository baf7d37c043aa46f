import { join } from 'node:path'
import { eventually } from 'test-support'
import { Program } from 'test-support/program'
import { describe, expect, it } from 'vitest'
import { ask, Raw } from './client.js'

const folder = join(import.meta.dirname, '..')
/** Datagrams that are under way at a time: the receive buffer has room for them, however busy the machine is. */
const AT_A_TIME = 100
const ROUNDS = 100

/** All of it at once, again and again until it is asked to stop: what browsers, scanners and worse could do. */
class Attack {
  readonly #url: string
  readonly #raws = new Set<Raw>()
  stopped = false
  tried = 0

  constructor(url: string) {
    this.#url = url
  }

  async run(): Promise<void> {
    const { port } = new URL(this.#url)
    const head = `GET /snapshot HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`
    const kinds = [
      `${head}\r\n`.repeat(200),
      `GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
      `${head}X: ${'y'.repeat(100_000)}\r\n\r\n`,
      `${head}Content-Length: 100000000\r\n\r\n${'z'.repeat(100_000)}`,
      `GET /snapshot HTTP/1.1\r\nHost: evil.example\r\n\r\n`,
      `${head}Origin: http://evil.example\r\n\r\n`,
      `${head}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
      `TRACE / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
      'GET /slowly HTTP/1.1\r\nX',
      `GET /assets/../../../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
      Buffer.alloc(10_000, 0xff),
      '',
    ]
    while (!this.stopped) {
      for (const bytes of kinds) {
        const raw = new Raw(this.#url, bytes)
        this.#raws.add(raw)
        this.tried++
        raw.socket.once('close', () => void this.#raws.delete(raw))
        if (this.tried % 3 === 0) raw.socket.pause()
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
      // Not more than the attacker itself can have open.
      for (const raw of [...this.#raws].slice(0, Math.max(0, this.#raws.size - 200)))
        raw.socket.destroy()
    }
    for (const raw of this.#raws) raw.socket.destroy()
  }
}

describe('while it is attacked', () => {
  it('INS-28 the inspected program continues, and loses nothing', {
    timeout: 300_000,
  }, async () => {
    const config = join(folder, 'tsconfig.json')
    using targets = await Program.of(join(folder, 'test/target.ts'), config)
    using sources = await Program.of(join(folder, 'test/source.ts'), config)
    using target = targets.run()
    const [found] = await target.says(/\{.*\}/)
    const { port, url } = JSON.parse(found)
    const attack = new Attack(url)
    const attacking = attack.run()
    await eventually(() => attack.tried > 100)
    using source = sources.run(String(port))
    const counts = async (): Promise<{ received: number; taken: number; kernelDrops: number }> => {
      const lines = target.stdout.split('\n').length
      target.type('how much?\n')
      await eventually(() => target.stdout.split('\n').length > lines, 'an answer', 60_000)
      return JSON.parse(target.stdout.split('\n').at(-2) ?? '')
    }
    let counted = await counts()
    for (let sent = AT_A_TIME; sent <= AT_A_TIME * ROUNDS; sent += AT_A_TIME) {
      source.type(`${AT_A_TIME}\n`)
      await source.says(new RegExp(`"sent":${sent}\\D`))
      // What is lost never comes.
      while (counted.received + counted.kernelDrops < sent) counted = await counts()
    }
    attack.stopped = true
    await attacking
    expect(attack.tried).toBeGreaterThan(100)
    // It is still there, and answers.
    await expect
      .poll(
        () =>
          ask(url, '/snapshot').then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 60_000 },
      )
      .toBe(200)
    const all = AT_A_TIME * ROUNDS
    expect(await counts()).toEqual({ received: all, taken: all, kernelDrops: 0 })
    expect([target.stderr, source.stderr]).toEqual(['', ''])
  })
})
