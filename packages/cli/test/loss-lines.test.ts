import { spawnSync } from 'node:child_process'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { LossLines } from '../src/output/loss-lines.js'
import { Notes } from '../src/output/notes.js'
import { Udpng } from './command.js'
import { Sink } from './sink.js'

const udpng = new Udpng()

/** Loss lines of losses that a test counts; `look` gives what is written one or more seconds after the last look. */
function start(options: { readonly quiet?: boolean } = {}) {
  let text = ''
  let now = 0
  const write = (more: string): boolean => {
    text += more
    return true
  }
  const losses: Record<string, number> = {}
  const notes = new Notes({ ...options, stream: { write } as unknown as NodeJS.WriteStream })
  const kernelDrops = { atLeast: 0, atMost: 0, about: 0 }
  const lines = new LossLines(notes, () => ({
    counts: Object.entries(losses).map(([reason, count]) => ({ reason, count })),
    waiting: 7, // while a service runs, something waits
    kernelDrops: { ...kernelDrops },
    refused: undefined,
    complete: true,
  }))
  lines.start(now)
  lines.stop() // its timer: the test looks by itself
  const look = (seconds = 1): string => {
    text = ''
    now += seconds * 1000
    lines.look(now)
    return text
  }
  return { losses, kernelDrops, look }
}

describe('losses of a service that runs', () => {
  it('CLI-72 nothing is written while nothing is lost', () => {
    const { look } = start()
    for (let i = 0; i < 5; i++) expect(look()).toBe('')
  })

  it('CLI-72 a line has what was lost since the last one, by reason, and one comes when it is over', () => {
    const { losses, look } = start()
    losses['readBufferFull'] = 1200
    losses['unread'] = 4
    expect(look()).toBe(
      'udpng: 1 204 datagrams lost in the last second: 1 200 dropped because the read buffer was full, 4 not read\n',
    )
    losses['unread'] = 5
    expect(look()).toBe('udpng: 1 datagram lost in the last second: 1 not read\n')
    expect(look()).toBe(
      'udpng: nothing lost in the last second; 1 205 datagrams lost in the 2 seconds before\n',
    )
    expect(look()).toBe('')
    losses['unread'] = 6
    expect(look()).toContain('1 datagram lost')
    expect(look()).toContain('1 datagram lost in the second before')
  })

  it('CLI-72 what the kernel dropped has bounds where it is not exact', () => {
    const { kernelDrops, look } = start()
    Object.assign(kernelDrops, { atLeast: 10, atMost: 1280, about: 640 })
    expect(look()).toBe(
      'udpng: 640 datagrams lost in the last second: about 640 (10 to 1 280) dropped by the kernel\n',
    )
    Object.assign(kernelDrops, { atLeast: 15, atMost: 1285, about: 645 })
    expect(look()).toBe('udpng: 5 datagrams lost in the last second: 5 dropped by the kernel\n')
  })

  it('CLI-72 when the program was busy for longer, the line has the time and a rate', () => {
    const { losses, look } = start()
    losses['unread'] = 10_000
    expect(look(4)).toBe(
      'udpng: 10 000 datagrams lost in the last 4.0 s (2 500/s): 10 000 not read\n',
    )
  })

  it('CLI-72 what was lost before it began is not in it; with --quiet there is none', () => {
    const { losses, look } = start({ quiet: true })
    losses['unread'] = 1
    expect(look()).toBe('')
  })

  it('CLI-78 it rests 50 times as long as a look took, and the lines have the longer time', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    let cost = 0
    let looks = 0
    let text = ''
    let now = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
    onTestFinished(() => {
      clock.mockRestore()
      vi.useRealTimers()
    })
    const advance = (ms: number): void => {
      for (let i = 0; i < ms; i++) {
        now++
        vi.advanceTimersByTime(1)
      }
    }
    const write = (more: string): boolean => {
      text += more
      return true
    }
    const counts: Record<string, number> = {}
    const lines = new LossLines(
      new Notes({ stream: { write } as unknown as NodeJS.WriteStream }),
      () => {
        looks++
        now += cost
        return {
          counts: Object.entries(counts).map(([reason, count]) => ({ reason, count })),
          waiting: 0,
          kernelDrops: { atLeast: 0, atMost: 0, about: 0 },
          refused: undefined,
          complete: true,
        }
      },
    )
    lines.start()
    advance(3000)
    expect(looks).toBe(4) // it costs nothing: once a second
    cost = 200
    advance(1000)
    expect(looks).toBe(5)
    counts['unread'] = 1000
    advance(9999)
    expect(looks).toBe(5)
    cost = 0
    advance(1)
    expect(looks).toBe(6)
    expect(text).toBe('udpng: 1 000 datagrams lost in the last 10.2 s (98/s): 1 000 not read\n')
    lines.stop()
    advance(20_000)
    expect(looks).toBe(6)
  })

  it.skipIf(process.platform !== 'linux')(
    'CLI-83 with --exact what the kernel dropped is one number',
    async () => {
      const { running, port } = await udpng.start(
        'listen',
        '127.0.0.1:0',
        '--exact',
        '--recv-buffer',
        '65536',
      )
      using _ = running
      await using sink = await Sink.open()
      // A native socket coalesces after a read that was full: what is dropped after that would have bounds.
      for (let round = 1; round <= 2; round++) {
        process.kill(running.pid as number, 'SIGSTOP')
        for (let count = 0; count < 1000; count++) sink.socket.send('x', Number(port), '127.0.0.1')
        await sink.sent()
        process.kill(running.pid as number, 'SIGCONT')
        await running.says(
          new RegExp(`(?:\\nudpng: nothing lost in the last [^\\n]*[^]*){${round}}`),
        )
      }
      process.kill(running.pid as number, 'SIGINT')
      const [, received, , dropped] = await running.says(
        /\nudpng: ([\d ]+) datagrams received \(([\d ]+) bytes\), [\d ]+ written, ([\d ]+) dropped by the kernel\n/,
      )
      const numberOf = (text?: string): number => Number(text?.replaceAll(' ', ''))
      expect(numberOf(received) + numberOf(dropped)).toBe(2000)
    },
  )

  it.skipIf(process.platform !== 'linux')(
    'CLI-72 listen under a flood writes a line while it runs',
    async () => {
      const { running, port } = await udpng.start('listen', '127.0.0.1:0', '--recv-buffer', '4096')
      using _ = running
      await using sink = await Sink.open()
      process.kill(running.pid as number, 'SIGSTOP')
      for (let count = 0; count < 1000; count++)
        sink.socket.send('x'.repeat(1000), Number(port), '127.0.0.1')
      await sink.sent()
      process.kill(running.pid as number, 'SIGCONT')
      const [, lost] = await running.says(
        /\nudpng: (?:at least )?([\d ]+) datagrams lost in the last [^:]*: [^\n]*kernel\n/,
      )
      expect(Number(lost?.replaceAll(' ', ''))).toBeGreaterThan(500)
      await running.says(/\nudpng: nothing lost in the last [^;]*; [\d ]+ datagrams lost in/)
      expect(spawnSync('kill', ['-0', `${running.pid}`]).status).toBe(0)
    },
  )
})
