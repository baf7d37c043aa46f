import { PassThrough, Writable } from 'node:stream'
import { inspect } from 'node:util'
import { ConsoleEchoer, type ConsoleEchoerOptions } from '@udpng/console'
import {
  type Clock,
  Component,
  type Control,
  Inbox,
  link,
  type Main,
  Outbox,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
  UdpngError,
} from '@udpng/core'
import { eventually, ManualClock, turn } from 'test-support'
import { describe, expect, it } from 'vitest'

/** An output that takes one piece of text each time it is asked to. */
class SlowOutput extends Writable {
  readonly taken: string[] = []
  #done: ((error?: Error) => void) | undefined
  #text = ''
  constructor() {
    super({ decodeStrings: false })
  }
  override _write(text: string, _: string, done: (error?: Error) => void): void {
    this.#text = text
    this.#done = done
  }
  get asked(): boolean {
    return this.#done !== undefined
  }
  take(error?: Error): void {
    const done = this.#done
    if (!done) return
    this.#done = undefined
    if (!error) this.taken.push(this.#text)
    done(error)
  }
}

/** A running echoer with its neighbours' boxes. */
function start<O extends Writable>(output: O, options: ConsoleEchoerOptions = {}, clock?: Clock) {
  const echoer = new ConsoleEchoer({ ...options, output })
  const said = new Inbox<Control>('What it says')
  link(echoer.signal, said)
  const scheduler = new Scheduler(clock && { clock })
  scheduler.activate(echoer)
  const run = scheduler.run()
  return { echoer, inbox: echoer.inbox, control: echoer.control, output, said, scheduler, run }
}

/** What is written of these messages. */
async function written(messages: unknown[], options: ConsoleEchoerOptions = {}): Promise<string> {
  let text = ''
  const output = new Writable({
    decodeStrings: false,
    write(chunk: string, _, done) {
      text += chunk
      done()
    },
  })
  const { inbox, control, run } = start(output, options)
  for (const message of messages) inbox.deliver(message)
  control.deliver(producerFinished())
  await run
  return text
}

/** All that was written; one `read()` may give all of it, or the first chunk. */
function readAll(output: PassThrough): string {
  let text = ''
  for (let chunk = output.read(); chunk !== null; chunk = output.read()) text += chunk
  return text
}

/** Enough turns of the event loop for all pending events. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 50; i++) await turn()
}

const from = ['127.0.0.1', 1500]

describe('ConsoleEchoer', () => {
  it('CON-05 writes the text of every message, in order, as it is, with no newline added', async () => {
    const texts = ['one\n', 'two', '', ' three\r\n', '\x1b[1mbold\x1b[0m', '\u202e', 'ñ€😀']
    expect(await written(texts)).toBe(texts.join(''))
  })

  it('CON-05 writes the tag before each message', async () => {
    expect(await written(['one\n', 'two\n'], { tag: 'got: ' })).toBe('got: one\ngot: two\n')
    expect(await written([[Buffer.from('x'), from]], { tag: '> ' })).toBe('> 127.0.0.1:1500 x\n')
  })

  it('CON-05 writes much at once, each message whole and once', async () => {
    const texts = Array.from({ length: 5000 }, (_, i) => `line ${i} ${'.'.repeat(i % 50)}\n`)
    expect(await written(texts)).toBe(texts.join(''))
    const long = ['x'.repeat(100_000), 'y'.repeat(100_000)]
    expect(await written(long)).toBe(long.join(''))
  })

  it('CON-12 strings and bytes have no newline added; anything else is written as console.log does, with one', async () => {
    for (const message of [5, 10n, true, null, undefined, Symbol('s'), { a: ['b'] }, [1, 2]])
      expect(await written([message])).toBe(`${inspect(message)}\n`)
    expect(await written(['a', Buffer.from('b'), 1, 'c', 2])).toBe('ab1\nc2\n')
  })

  it('CON-12 an error is one line, in which nothing drives the terminal', async () => {
    const error = new UdpngError('TOO_LARGE', 'no room\x1b\r\n  at all\n')
    expect(await written([error, 'next'])).toBe('UdpngError: no room\\x1b\\x0d; at all\nnext')
  })

  it('CON-15 at most 2,000 characters of an error are shown', async () => {
    const { inbox, output } = start(new PassThrough(), {}, new ManualClock())
    inbox.deliver(new Error('x'.repeat(1_000_000)))
    await quiet()
    expect(readAll(output)).toBe(`Error: ${'x'.repeat(2000 - 'Error: '.length)}...\n`)
  })

  it('CON-13 errors are at most one line a second: the first, then how many followed', async () => {
    const clock = new ManualClock()
    const { inbox, output, control, run } = start(new PassThrough(), { tag: '> ' }, clock)
    const fail = (count: number): void => {
      for (let i = 1; i <= count; i++) inbox.deliver(new Error(`failed ${i}`))
    }
    const shows = async (text: string): Promise<void> => {
      await quiet()
      expect(readAll(output)).toBe(text)
    }
    fail(500)
    inbox.deliver('text\n')
    await shows('> Error: failed 1\n> text\n')
    await clock.advance(999)
    fail(951)
    await shows('')
    await clock.advance(1)
    await shows('> 1450 more errors, the latest: Error: failed 951\n')
    fail(1)
    await clock.advance(1000)
    await shows('> Error: failed 1\n')
    await clock.advance(5000)
    fail(2)
    await shows('> Error: failed 1\n')
    fail(3)
    control.deliver(producerFinished())
    await run
    expect(readAll(output)).toBe('> 4 more errors, the latest: Error: failed 3\n')
  })

  it('CON-06 writes a datagram as "host:port text", ended by a newline unless the text has one', async () => {
    expect(await written([[Buffer.from('hello'), from]])).toBe('127.0.0.1:1500 hello\n')
    expect(await written([[Buffer.from('hello\n'), from]])).toBe('127.0.0.1:1500 hello\n')
    expect(await written([[Buffer.from('a\nb'), from]])).toBe('127.0.0.1:1500 a\nb\n')
    expect(await written([[Buffer.from('\n\n'), from]])).toBe('127.0.0.1:1500 \n\n')
    expect(await written([[Buffer.alloc(0), from]])).toBe('127.0.0.1:1500 \n')
    expect(await written([[new Uint8Array([0x68, 0x69]), from]])).toBe('127.0.0.1:1500 hi\n')
  })

  it('CON-06 puts an IPv6 host in brackets', async () => {
    expect(await written([[Buffer.from('text'), ['::1', 1500]]])).toBe('[::1]:1500 text\n')
    expect(await written([[Buffer.from('text'), ['fe80::1%eth0', 9]]])).toBe(
      '[fe80::1%eth0]:9 text\n',
    )
  })

  it('UNX-07 the path of a sender cannot forge lines, or drive a terminal', async () => {
    const path = '@x\n192.0.2.1:5 forged\x1b[2J'
    expect(await written([[Buffer.from('text'), [path, 0]]])).toBe(
      '@x; 192.0.2.1:5 forged\\x1b[2J text\n',
    )
  })

  it('CON-06 what only looks like a datagram is none', async () => {
    const data = Buffer.from('x')
    for (const message of [
      [data],
      [data, from, from],
      ['x', from],
      [data, '127.0.0.1:1500'],
      [data, ['127.0.0.1']],
      [data, [...from, 'udp4']],
      [data, ['127.0.0.1', '1500']],
      [data, [1500, '127.0.0.1']],
      [data, null],
    ])
      expect(await written([message])).toBe(`${inspect(message)}\n`)
  })

  it('CON-07 bytes from the network cannot drive the terminal', async () => {
    const bytes = Buffer.from('\x1b[2J\r\x07\t\u009b\u202e\xff\n', 'latin1')
    const utf8 = Buffer.from('\x1b]0;owned\x07\u009b\u202e\n')
    const shown = '\\x1b[2J\\x0d\\x07\t\\x9b.\\xff\n'
    expect(await written([[bytes, from]])).toBe(`127.0.0.1:1500 ${shown}`)
    expect(await written([bytes])).toBe(shown)
    expect(await written([new Uint8Array(utf8)])).toBe('\\x1b]0;owned\\x07\\u009b\\u202e\n')
    expect(await written([[Buffer.from('x'), ['evil\x1b[2J', 1]]])).toBe('evil\\x1b[2J:1 x\n')
    expect(await written([{ '\u202e': '\u202e', '\x1b': '\x1b' }])).toMatch(/^[\x20-\x7e]+\n$/)
    expect(await written(['\u202e\x1b'], { useRepr: true })).toMatch(/^[\x20-\x7e]+\n$/)
  })

  it('CON-08 a forwarder also sends the unchanged message on outbox; others send nothing', async () => {
    for (const forwarder of [true, false]) {
      const { echoer, inbox, control, output, run } = start(new PassThrough(), {
        forwarder,
        tag: 'tag ',
      })
      const out = new Inbox<unknown>('Forwarded')
      link(echoer.outbox, out)
      const messages = ['one', [Buffer.from('two'), from], { three: 3 }]
      for (const message of messages) inbox.deliver(message)
      control.deliver(producerFinished())
      await run
      expect(readAll(output)).toBe('tag onetag 127.0.0.1:1500 two\ntag { three: 3 }\n')
      const got = [...out]
      expect(got.length).toBe(forwarder ? 3 : 0)
      expect(got.every((message, i) => message === messages[i])).toBe(true)
    }
  })

  it.each([false, true])(
    'CON-05 a message whose own code throws costs no other anything (useRepr: %s)',
    async (useRepr) => {
      const refuse = (): never => {
        throw new Error('hands off')
      }
      const revoked = Proxy.revocable([], {})
      revoked.revoke()
      const hostile = [{ [inspect.custom]: refuse }, revoked.proxy]
      const text = await written(['first\n', ...hostile, 'last\n'], { useRepr })
      expect(text).toMatch(/^'?first.*object that cannot be shown\n.*last/s)
    },
  )

  it('CON-08 useRepr writes the inspected form', async () => {
    const datagram = [Buffer.from('x'), from]
    for (const message of ['it\'s\n"so"', 5, datagram, { a: [{ b: { c: {} } }] }])
      expect(await written([message], { useRepr: true })).toBe(`${inspect(message)}\n`)
    expect(await written(['a', 'b'], { useRepr: true, tag: '> ' })).toBe("> 'a'\n> 'b'\n")
  })

  it('CON-08 FLO-05 a forwarder takes nothing while its outbox is full', async () => {
    const { echoer, inbox, control, output, run, said } = start(new PassThrough(), {
      forwarder: true,
    })
    const out = new Inbox<unknown>('Forwarded', { capacity: 2 })
    link(echoer.outbox, out)
    for (let i = 0; i < 5; i++) inbox.deliver(`${i}`)
    control.deliver(producerFinished())
    await quiet()
    expect([out.length, inbox.length, readAll(output), said.length]).toEqual([2, 3, '01', 0])
    out.recv()
    await quiet()
    expect([out.length, inbox.length, readAll(output), said.length]).toEqual([2, 2, '2', 0])
    while (!echoer.ended) {
      out.recv()
      await turn()
    }
    await run
    expect(readAll(output)).toBe('34')
    expect([...said]).toEqual([producerFinished()])
  })

  it('CON-09 CTL-03 producerFinished: all is written out, then a new one is passed on', async () => {
    const { echoer, inbox, control, output, said, run } = start(new SlowOutput())
    inbox.deliver('one')
    await eventually(() => output.asked)
    const word = producerFinished()
    control.deliver(word)
    await quiet()
    expect([echoer.ended, said.length]).toEqual([false, 0])
    inbox.deliver('two')
    await quiet()
    expect([echoer.ended, said.length]).toEqual([false, 0])
    output.take()
    await eventually(() => output.asked)
    expect([echoer.ended, said.length]).toEqual([false, 0])
    output.take()
    await run
    expect(output.taken).toEqual(['one', 'two'])
    expect(said.length).toBe(1)
    const answer = said.recv()
    expect(answer).toEqual(producerFinished())
    expect(answer).not.toBe(word)
  })

  it('CON-09 CTL-03 shutdownMicroprocess: no more is taken, it ends at once and passes it on', async () => {
    const { echoer, inbox, control, output, said, run } = start(new SlowOutput())
    inbox.deliver('one')
    await eventually(() => output.asked)
    inbox.deliver('two')
    const word = shutdownMicroprocess({ cause: new Error('enough') })
    control.deliver(producerFinished())
    control.deliver(word)
    await run
    expect(echoer.ended).toBe(true)
    expect(said.length).toBe(1)
    expect(said.recv()).toBe(word)
    expect([inbox.taken, inbox.dropped]).toEqual([1, 1])
    output.take()
    await quiet()
    expect([output.taken, output.asked]).toEqual([['one'], false])
  })

  it('CON-09 it releases its output, however it ends', async () => {
    const output = new SlowOutput()
    const events = (): unknown[] =>
      output.eventNames().map((name) => [name, output.listenerCount(name)])
    const before = events()
    const ways = [
      (control: Inbox<Control>) => control.deliver(shutdownMicroprocess()),
      (control: Inbox<Control>) => control.deliver(producerFinished()),
      (_: Inbox<Control>, scheduler: Scheduler) => scheduler.stop(),
    ]
    for (const end of ways)
      for (const busy of [false, true]) {
        const { inbox, control, run, scheduler } = start(output)
        if (busy) inbox.deliver('text')
        await quiet()
        expect(output.asked).toBe(busy)
        end(control, scheduler)
        await quiet()
        if (busy) output.take()
        await run
        await quiet()
        expect(events()).toEqual(before)
      }
  })

  it('CON-09 however many share an output, no warning is emitted, and its limit is what it was', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning)
    process.on('warning', onWarning)
    for (const limit of [10, 0]) {
      const output = new PassThrough().setMaxListeners(limit)
      for (let i = 0; i < 10; i++) output.on('close', () => {})
      const echoers = Array.from({ length: 20 }, () => start(output))
      await quiet()
      expect(output.listenerCount('close')).toBe(30)
      for (const { control } of echoers) control.deliver(producerFinished())
      await Promise.all(echoers.map(({ run }) => run))
      expect(output.getMaxListeners()).toBe(limit)
    }
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })

  it('CON-10 FLO-05 a slow output applies backpressure to all stages upstream; no message is lost', async () => {
    class Source extends Component {
      readonly outbox: Outbox<string> = new Outbox('Numbers')
      made = 0
      override *main(): Main {
        while (this.made < 10_000) {
          while (this.outbox.full) yield this.pause()
          this.outbox.send(`${this.made++}\n`)
        }
      }
    }
    const { echoer, inbox, control, output, scheduler, run } = start(new SlowOutput())
    const source = scheduler.activate(new Source())
    link(source.outbox, inbox)
    link(source.signal, control)
    await eventually(() => output.asked && inbox.full)
    await quiet()
    const inHand = source.made
    expect([inbox.length, inHand]).toEqual([inbox.capacity, inbox.capacity + echoer.inbox.taken])
    expect(output.writableLength).toBeLessThan(20_000)
    await quiet()
    expect(source.made).toBe(inHand)
    while (!echoer.ended) {
      output.take()
      expect(output.writableLength).toBeLessThan(20_000)
      expect(inbox.length).toBeLessThanOrEqual(inbox.capacity)
      await turn()
    }
    await run
    expect(output.taken.join('')).toBe(Array.from({ length: 10_000 }, (_, i) => `${i}\n`).join(''))
  })

  it('CON-10 however much waits, it takes no more than fits into one write', async () => {
    const { inbox, output, scheduler } = start(new SlowOutput())
    for (let i = 0; i < 100; i++) inbox.deliver('x'.repeat(1000))
    await quiet()
    expect(inbox.taken).toBeLessThan(20)
    expect(output.writableLength).toBe(inbox.taken * 1000)
    scheduler.stop()
  })

  it('CON-10 an output that fails fails the echoer, with what the system said', async () => {
    const cause = Object.assign(new Error('disk full'), { code: 'ENOSPC' })
    const { inbox, output, run } = start(new SlowOutput())
    inbox.deliver('one')
    await eventually(() => output.asked)
    output.take(cause)
    await expect(run).rejects.toMatchObject({
      code: 'COMPONENT_FAILED',
      component: 'ConsoleEchoer#1',
      cause,
    })
    await quiet()
  })

  it('CON-10 an output that is closed, or fails, while nothing is written fails it at once', async () => {
    const cause = new Error('unplugged')
    for (const [reason, told] of [
      [cause, cause],
      [undefined, new Error('the output was closed')],
    ]) {
      const { output, run } = start(new SlowOutput())
      await quiet()
      output.destroy(reason)
      await expect(run).rejects.toMatchObject({ cause: told })
    }
  })

  it('CON-10 an output that fails after the end of the echoer affects nothing else', async () => {
    const { inbox, control, output, run } = start(new SlowOutput())
    inbox.deliver('one')
    await eventually(() => output.asked)
    control.deliver(shutdownMicroprocess())
    await run
    output.take(new Error('too late')) // an error without a listener would be uncaught
    await eventually(() => output.closed)
    await quiet()
  })

  it('CON-11 a closed output other than standard output fails only its echoer', async () => {
    const cause = Object.assign(new Error('broken pipe'), { code: 'EPIPE' })
    const scheduler = new Scheduler({ onFailure: 'isolate' })
    const output = new SlowOutput()
    const echoer = scheduler.activate(new ConsoleEchoer({ output }))
    const other = scheduler.activate(new ConsoleEchoer({ output: new SlowOutput() }))
    const failures: unknown[] = []
    scheduler.observe((event) => event.kind === 'failed' && failures.push(event.error.cause))
    const run = scheduler.run()
    echoer.inbox.deliver('one')
    await eventually(() => output.asked)
    output.take(cause)
    await eventually(() => echoer.ended)
    expect(failures).toEqual([cause])
    expect(other.ended).toBe(false)
    other.control.deliver(producerFinished())
    await run
  })

  it('CON-05 a value that throws when it is looked at is a wrong value', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const tag = {
      [inspect.custom]() {
        throw new Error('hands off')
      },
    }
    for (const options of [{ output: proxy }, { tag }])
      expect(() => new ConsoleEchoer(options as never)).toThrow(
        expect.objectContaining({ code: 'BAD_OPTION' }),
      )
  })

  it('CON-05 an unknown option or a wrong value throws', () => {
    for (const [options, message] of [
      [{ forward: 1 }, 'unknown option "forward"; did you mean forwarder?'],
      [{ forwarder: 1 }, 'forwarder is 1; it must be true or false'],
      [{ useRepr: 'yes' }, 'useRepr is "yes"; it must be true or false'],
      [{ tag: 5 }, 'tag is 5; it must be a string'],
      [{ output: null }, 'output is null; it must be a writable stream'],
    ] as const)
      expect(() => new ConsoleEchoer(options as never)).toThrow(
        expect.objectContaining({
          code: 'BAD_OPTION',
          message: `cannot create ConsoleEchoer: ${message}`,
        }),
      )
  })
})
