import { PassThrough, Readable } from 'node:stream'
import { ConsoleReader, type ConsoleReaderOptions } from '@udpng/console'
import {
  type Control,
  Inbox,
  link,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import { eventually, turn } from 'test-support'
import { describe, expect, it } from 'vitest'

type Options = ConsoleReaderOptions & { readonly capacity?: number }

/** A running reader with its neighbours' boxes. */
function start<I extends Readable>(input: I, { capacity = 1024, ...options }: Options = {}) {
  const reader = new ConsoleReader({ output: new PassThrough(), ...options, input })
  const out = new Inbox<string>('Lines', { capacity })
  const said = new Inbox<Control>('What it says')
  link(reader.outbox, out)
  link(reader.signal, said)
  const scheduler = new Scheduler()
  scheduler.activate(reader)
  const run = scheduler.run()
  return { reader, input, out, said, scheduler, run }
}

/** What becomes of an input that comes in these chunks. */
async function linesOf(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const input = new PassThrough()
  const { out, run } = start(input, { capacity: Infinity })
  for (const chunk of chunks) input.write(chunk)
  input.end()
  await run
  return [...out]
}

/** Enough turns of the event loop for all pending events. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 50; i++) await turn()
}

const terminal = (isTTY: boolean): PassThrough & { isTTY: boolean } =>
  Object.assign(new PassThrough(), { isTTY })

const MAX = 1024 * 1024

describe('ConsoleReader', () => {
  it('CON-01 sends each line of its input plus eol, in order', async () => {
    expect(await linesOf('one\ntwo\n', '\nthr', 'ee\n')).toEqual([
      'one\n',
      'two\n',
      '\n',
      'three\n',
    ])
    const { input, out, run } = start(new PassThrough(), { eol: '\r\n' })
    input.end('one\ntwo\n')
    await run
    expect([...out]).toEqual(['one\r\n', 'two\r\n'])
  })

  it('CON-01 a line is sent as soon as it is complete', async () => {
    const { input, out, scheduler } = start(new PassThrough())
    input.write('one\ntw')
    await eventually(() => out.ready)
    expect([...out]).toEqual(['one\n'])
    await quiet()
    expect(out.ready).toBe(false)
    input.write('o\n')
    await eventually(() => out.ready)
    expect([...out]).toEqual(['two\n'])
    scheduler.stop()
  })

  it('CON-01 on a terminal it asks for each line', async () => {
    const [input, output] = [terminal(true), terminal(true)]
    const { out, run } = start(input, { output })
    await quiet()
    expect(String(output.read())).toBe('>>> ')
    input.write('one\n')
    await quiet()
    expect([...out]).toEqual(['one\n'])
    expect(String(output.read())).toBe('>>> ')
    input.write('begun')
    await quiet()
    expect(output.read()).toBe(null)
    input.end()
    await run
    expect([...out]).toEqual(['begun\n'])
    expect(String(output.read())).toBe('\n')
  })

  it('CON-02 the prompt appears only if input and output are a terminal', async () => {
    for (const [tty, expected] of [
      [[true, true], '? '],
      [[true, false], ''],
      [[false, true], ''],
      [[false, false], ''],
    ] as const) {
      const [input, output] = [terminal(tty[0]), terminal(tty[1])]
      const { out, scheduler } = start(input, { output, prompt: '? ' })
      await quiet()
      expect(String(output.read() ?? '')).toBe(expected)
      input.write('one\n')
      await eventually(() => out.ready)
      await quiet()
      expect(String(output.read() ?? '')).toBe(expected)
      scheduler.stop()
    }
  })

  it('CON-02 a terminal that breaks breaks no reader', async () => {
    const output = terminal(true)
    const { input, out, run } = start(terminal(true), { output })
    await quiet()
    output.destroy(new Error('unplugged'))
    input.end('one\n')
    await run
    expect([...out]).toEqual(['one\n'])
    expect(output.listenerCount('error')).toBe(0)
  })

  it('CON-02 sends a last line without line end, too', async () => {
    expect(await linesOf('one\ntwo')).toEqual(['one\n', 'two\n'])
    expect(await linesOf('one\n\n')).toEqual(['one\n', '\n'])
    expect(await linesOf('')).toEqual([])
  })

  it('CON-02 CRLF is one line end, a CR elsewhere is none', async () => {
    expect(await linesOf('one\r\n\r\ntwo\r\r\nth\rree\r')).toEqual([
      'one\n',
      '\n',
      'two\r\n',
      'th\rree\r\n',
    ])
  })

  it('CON-02 lines, line ends and characters may come in pieces, cut anywhere', async () => {
    const bytes = Buffer.from('añ\r\n€\n😀\r\n\n\r\nz')
    const expected = ['añ\n', '€\n', '😀\n', '\n', '\n', 'z\n']
    for (let a = 0; a <= bytes.length; a++)
      for (let b = a; b <= bytes.length; b++)
        expect(
          await linesOf(bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)),
          `cut at ${a} and ${b}`,
        ).toEqual(expected)
    expect(await linesOf(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected)
  })

  it('CON-02 bytes that are not UTF-8 are replaced, also at the very end', async () => {
    expect(await linesOf(Buffer.from('a\xff\nb\xc3', 'latin1'))).toEqual(['a\ufffd\n', 'b\ufffd\n'])
  })

  it('CON-02 an input that gives text serves as well', async () => {
    const { out, run } = start(
      Readable.from(['on', 'e\r', '\ntwo'], { objectMode: false, encoding: 'utf8' }),
    )
    await run
    expect([...out]).toEqual(['one\n', 'two\n'])
  })

  it('CON-03 CTL-03 at the end of the input all lines are sent, then one producerFinished', async () => {
    const { reader, input, out, said, run } = start(new PassThrough())
    input.end('one\ntwo\n')
    await run
    expect([...out]).toEqual(['one\n', 'two\n'])
    expect([...said]).toEqual([producerFinished()])
    expect(reader.signal.sent).toBe(1)
    expect(reader.ended).toBe(true)
  })

  it('CON-03 the end does not wait for room once all lines are sent', async () => {
    const { input, out, run } = start(new PassThrough(), { capacity: 2 })
    input.end('one\ntwo\n')
    await run
    expect([...out]).toEqual(['one\n', 'two\n'])
  })

  it('CON-03 an input that had ended, or was closed, before the start is at its end', async () => {
    const ended = new PassThrough()
    ended.resume().end()
    await eventually(() => ended.readableEnded)
    const closed = new PassThrough()
    closed.destroy()
    for (const input of [ended, closed]) {
      const { said, run } = start(input)
      await run
      expect([...said]).toEqual([producerFinished()])
    }
  })

  it('CON-03 an input that is closed on the way is at its end', async () => {
    const { input, out, said, run } = start(new PassThrough())
    input.write('one\ntw')
    await eventually(() => out.ready)
    input.destroy()
    await run
    expect([...out]).toEqual(['one\n', 'tw\n'])
    expect([...said]).toEqual([producerFinished()])
  })

  it('CON-03 an input that fails fails the reader, once the lines before are sent', async () => {
    const cause = new Error('unplugged')
    const { input, out, run } = start(new PassThrough())
    input.write('one\ntw')
    await eventually(() => out.ready)
    input.destroy(cause)
    await expect(run).rejects.toMatchObject({
      code: 'COMPONENT_FAILED',
      component: 'ConsoleReader#1',
      cause,
    })
    expect([...out]).toEqual(['one\n'])
    expect(input.listenerCount('data')).toBe(0)
  })

  it('CON-03 an input that failed before the start fails the reader, be its error told yet or not', async () => {
    const cause = new Error('unplugged')
    const told = new PassThrough().on('error', () => {})
    told.destroy(cause)
    await eventually(() => told.closed)
    await quiet()
    const untold = new PassThrough()
    untold.destroy(cause)
    for (const input of [told, untold])
      await expect(start(input).run).rejects.toMatchObject({ cause })
    await quiet()
  })

  it('CON-03 FLO-05 it reads no more while its outbox is full', async () => {
    let given = 0
    const input = new Readable({
      highWaterMark: 1,
      read() {
        this.push(`${++given}\n`)
      },
    })
    const { out, scheduler } = start(input, { capacity: 3 })
    await eventually(() => out.full)
    await quiet()
    expect(given).toBe(4) // the stream itself buffers one
    expect([...out]).toEqual(['1\n', '2\n', '3\n'])
    await eventually(() => out.full)
    await quiet()
    expect(given).toBe(7)
    expect([...out]).toEqual(['4\n', '5\n', '6\n'])
    scheduler.stop()
  })

  it('CON-03 FLO-05 a chunk of many lines is sent line by line, as far as there is room', async () => {
    const { input, out, run } = start(new PassThrough(), { capacity: 7 })
    const lines = Array.from({ length: 1000 }, (_, i) => `${i}\n`)
    input.end(lines.join(''))
    const got: string[] = []
    while (got.length < 1000) {
      await eventually(() => out.ready)
      await turn()
      expect(out.length).toBeLessThanOrEqual(7)
      got.push(...out)
    }
    expect(got).toEqual(lines)
    await run
  })

  it('CON-03 a chunk of many lines is sent batch by batch: the others get their steps', async () => {
    const input = new PassThrough()
    const reader = new ConsoleReader({ input, output: new PassThrough() })
    const scheduler = new Scheduler()
    scheduler.activate(reader)
    scheduler.step()
    input.write('\n'.repeat(5000))
    await quiet()
    scheduler.step()
    expect(reader.outbox.discarded).toBeGreaterThan(0)
    expect(reader.outbox.discarded).toBeLessThan(1000)
    for (let i = 0; i < 100; i++) scheduler.step()
    expect(reader.outbox.discarded).toBe(5000)
    scheduler.stop()
  })

  it('CON-03 a line without end comes in pieces: it does not fill the memory', async () => {
    let given = 0
    const input = new Readable({
      read() {
        given += 65536
        this.push('x'.repeat(65536))
      },
    })
    const { out, scheduler } = start(input, { capacity: 2 })
    await eventually(() => out.full)
    await quiet()
    expect([...out].map((piece) => piece.length)).toEqual([MAX, MAX])
    expect(given).toBeLessThan(2 * MAX + 4 * 65536)
    scheduler.stop()
  })

  it('CON-03 the pieces of a long line make up that line, whatever is where it is cut', async () => {
    for (const text of [
      `${'x'.repeat(MAX)}\n`,
      `${'x'.repeat(MAX)}\r\ny\n`,
      `${'x'.repeat(MAX - 1)}\r\ny\n`,
      `x${'😀'.repeat(MAX / 2)}\n`,
      `${'€'.repeat(2 * MAX)}y`,
    ]) {
      const bytes = Buffer.from(text)
      const chunks = Array.from({ length: Math.ceil(bytes.length / 65521) }, (_, i) =>
        bytes.subarray(i * 65521, (i + 1) * 65521),
      )
      for (const lines of [await linesOf(...chunks), await linesOf(text)]) {
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(MAX + 1)
        const all = lines.join('')
        expect(all === `${text.replaceAll('\r\n', '\n').trimEnd()}\n`).toBe(true)
        // a piece that ended in the middle of a character would not survive this
        expect(lines.every((line) => Buffer.from(line).toString() === line)).toBe(true)
      }
    }
  })

  it('CON-04 CTL-03 shutdownMicroprocess ends it without waiting for a line, and is passed on', async () => {
    const { reader, input, out, said, run } = start(new PassThrough())
    input.write('one\nbegun')
    await eventually(() => out.ready)
    const word = shutdownMicroprocess({ cause: new Error('enough') })
    reader.control.deliver(producerFinished())
    reader.control.deliver(word)
    await run
    expect([...out]).toEqual(['one\n'])
    expect(said.length).toBe(1)
    expect(said.recv()).toBe(word)
  })

  it('CON-04 shutdownMicroprocess ends it also while its outbox is full', async () => {
    const { reader, input, out, said, run } = start(new PassThrough(), { capacity: 1 })
    input.write('one\ntwo\nthree\n')
    await eventually(() => out.full)
    reader.control.deliver(shutdownMicroprocess())
    await run
    expect([...out]).toEqual(['one\n'])
    expect([...said]).toEqual([shutdownMicroprocess()])
  })

  it('CON-04 producerFinished ends it after the lines that are complete, and is passed on', async () => {
    const { reader, input, out, said, run } = start(new PassThrough(), { capacity: 1 })
    for (const chunk of ['one\ntwo\n', 'three\nfo', 'ur\n', 'five\n', 'begun']) input.write(chunk)
    await eventually(() => out.full)
    reader.control.deliver(producerFinished())
    const got: string[] = []
    while (!reader.ended) {
      expect(reader.signal.sent).toBe(0)
      got.push(...out)
      await turn()
    }
    await run
    expect([...got, ...out]).toEqual(['one\n', 'two\n', 'three\n', 'four\n', 'five\n'])
    expect([...said]).toEqual([producerFinished()])
  })

  it('CON-04 producerFinished that is there before the start: what has come in is sent', async () => {
    const input = new PassThrough()
    input.write('one\ntwo\nbegun')
    const { reader, out, run } = start(input)
    reader.control.deliver(producerFinished())
    await run
    expect([...out]).toEqual(['one\n', 'two\n'])
  })

  it('CON-04 producerFinished: an endless input that is always ready does not keep it', async () => {
    const chunk = 'x\n'.repeat(1000)
    for (const objectMode of [false, true]) {
      const input = new Readable({
        objectMode,
        read() {
          this.push(chunk)
        },
      })
      const { reader, out, run } = start(input, { capacity: 1000 })
      await eventually(() => out.full)
      const buffered = input.readableLength * (objectMode ? chunk.length : 1)
      expect(buffered).toBeGreaterThan(0)
      reader.control.deliver(producerFinished())
      while (!reader.ended) {
        for (const line of out) expect(line).toBe('x\n')
        await turn()
      }
      await run
      // what is read may at once be replaced by one chunk more, which is then read with it
      expect([0, 1000]).toContain(out.delivered - 1000 - buffered / 2)
    }
  })

  it('CON-04 it releases its input, however it ends, and another one can read on', async () => {
    const input = new PassThrough()
    const events = (): unknown[] =>
      input.eventNames().map((name) => [name, input.listenerCount(name)])
    const before = events()
    const ways = [
      (reader: ConsoleReader) => reader.control.deliver(shutdownMicroprocess()),
      (reader: ConsoleReader) => reader.control.deliver(producerFinished()),
      (_: ConsoleReader, scheduler: Scheduler) => scheduler.stop(),
    ]
    for (const [i, end] of ways.entries()) {
      const { reader, out, run, scheduler } = start(input)
      input.write(`line ${i}\n`)
      await eventually(() => out.ready)
      expect(input.isPaused()).toBe(false)
      end(reader, scheduler)
      await run
      expect([...out]).toEqual([`line ${i}\n`])
      expect(input.isPaused()).toBe(true)
      expect(events()).toEqual(before)
    }
  })

  it('CON-04 it does not touch its input before it starts', async () => {
    const input = new PassThrough()
    const reader = new ConsoleReader({ input })
    const scheduler = new Scheduler()
    const before = input.eventNames().length
    scheduler.activate(reader)
    await quiet()
    expect([input.eventNames().length, input.readableFlowing]).toEqual([before, null])
    scheduler.stop()
  })

  it('CON-01 an unknown option or a wrong value throws; undefined is the default', () => {
    expect(() => new ConsoleReader({ prompt: undefined, input: undefined } as never)).not.toThrow()
    for (const [options, message] of [
      [{ promt: '' }, 'unknown option "promt"; did you mean prompt?'],
      [{ toString: '' }, 'unknown option "toString"; the options are prompt, eol, input, output'],
      [{ prompt: 5 }, 'prompt is 5; it must be a string'],
      [{ eol: null }, 'eol is null; it must be a string'],
      [{ input: 'stdin' }, 'input is "stdin"; it must be a readable stream'],
      [{ output: {} }, 'output is {}; it must be a writable stream'],
    ] as const)
      expect(() => new ConsoleReader(options as never)).toThrow(
        expect.objectContaining({
          code: 'BAD_OPTION',
          message: `cannot create ConsoleReader: ${message}`,
        }),
      )
  })
})
