import { Scheduler, UdpngError } from '@udpng/core'
import { type Interrupt, runProgram, runUntilInterrupted } from '@udpng/core/program'
import { turn } from 'test-support'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { doing, forever, Part } from './part.js'

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

/** The listeners of the test runner are not ours to call. */
let others: Set<unknown>

const listeners = (signal: Interrupt) =>
  process.listeners(signal).filter((listener) => !others.has(listener))

const listening = (): number[] => SIGNALS.map((signal) => listeners(signal).length)

function interrupt(signal: Interrupt): void {
  for (const listener of listeners(signal)) listener(signal)
}

beforeEach(() => {
  others = new Set(SIGNALS.flatMap((signal) => process.listeners(signal)))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  expect(listening()).toEqual([0, 0, 0])
})

/** A component that drains until it is allowed to end, or shut down. */
function draining(log: unknown[], drained: { yet: boolean }): Part {
  const part = new Part(function* (self) {
    while (!self.readControl()) yield self.pause()
    log.push(self.readControl()?.kind)
    while (!drained.yet && self.readControl()?.kind === 'producerFinished') yield self.pause(10)
  })
  part.atEnd = () => void log.push('end')
  return part
}

/** Lets the components have their steps, and `ms` milliseconds pass. The clock stands still otherwise, so a slice of the scheduler never ends early. */
async function pass(ms: number): Promise<void> {
  for (let i = 0; i < 5; i++) await turn()
  vi.advanceTimersByTime(ms)
  for (let i = 0; i < 5; i++) await turn()
}

describe('runUntilInterrupted', () => {
  it('PRG-03 rejects with what failed, and resolves to undefined without an interrupt', async () => {
    const failing = new Part(
      doing(() => {
        throw new Error('no')
      }),
    )
    await expect(runUntilInterrupted(failing)).rejects.toThrow(UdpngError)
    expect(await runUntilInterrupted(new Part(doing(() => {})))).toBeUndefined()
  })

  it('PRG-04 uses the scheduler that it is given, and leaves no listener', async () => {
    const scheduler = new Scheduler()
    const during: unknown[] = []
    const look = new Part(doing((self) => void during.push(self.scheduler, ...listening())))
    await runUntilInterrupted(look, { scheduler })
    expect(during).toEqual([scheduler, 1, 1, 1])
    expect(listening()).toEqual([0, 0, 0])
  })

  it.each(SIGNALS)(
    'PRG-01 %s becomes producerFinished; the run ends when the component has drained',
    async (signal) => {
      const log: unknown[] = []
      const drained = { yet: false }
      const onInterrupt = vi.fn()
      const run = runUntilInterrupted(draining(log, drained), { onInterrupt })
      await pass(1000)
      expect([log, onInterrupt.mock.calls]).toEqual([[], []])
      interrupt(signal)
      await pass(1900)
      expect([log, onInterrupt.mock.calls]).toEqual([['producerFinished'], [[signal, false]]])
      drained.yet = true
      await pass(20)
      expect(await run).toBe(signal)
      expect(log).toEqual(['producerFinished', 'end'])
      // A repetition of the interrupt does not end a process that prints its last lines.
      await pass(499)
      expect(listening()).toEqual([1, 1, 1])
      await pass(1)
      expect(listening()).toEqual([0, 0, 0])
    },
  )

  it.each([
    [undefined, 2000],
    [30, 30],
    [0, 0],
  ])('PRG-01 with drainMs %s, what still drains is shut down after %i ms', async (drainMs, ms) => {
    const log: unknown[] = []
    const run = runUntilInterrupted(
      draining(log, { yet: false }),
      drainMs === undefined ? {} : { drainMs },
    )
    await pass(0)
    interrupt('SIGTERM')
    if (ms > 0) {
      await pass(ms - 1)
      expect(log).toEqual(['producerFinished'])
    }
    await pass(1)
    expect(await run).toBe('SIGTERM')
    expect(log).toEqual(['producerFinished', 'end'])
    await pass(500)
  })

  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'PRG-02 %s as the second interrupt exits with %i, from 500 ms on',
    async (signal, code) => {
      const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never)
      const onInterrupt = vi.fn()
      const drained = { yet: false }
      const run = runUntilInterrupted(draining([], drained), { onInterrupt })
      await pass(600)
      interrupt('SIGTERM')
      await pass(499)
      interrupt(signal)
      expect(onInterrupt).toHaveBeenCalledOnce()
      expect(exit).not.toHaveBeenCalled()
      await pass(1)
      interrupt(signal)
      expect(onInterrupt.mock.calls).toEqual([
        ['SIGTERM', false],
        [signal, true],
      ])
      expect(exit.mock.calls).toEqual([[code]])
      drained.yet = true
      await pass(20)
      await run
      await pass(500)
    },
  )

  it.each([
    ['an object', (timer: NodeJS.Timeout) => timer],
    ['a number, as in other runtimes', Number],
  ])(
    'PRG-04 the timer that removes the listeners does not keep the process alive; it may be %s',
    async (_, form) => {
      const { setTimeout } = globalThis
      const timers: NodeJS.Timeout[] = []
      vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void, ms: number) => {
        const timer = setTimeout(act, ms)
        timers.push(timer)
        return form(timer)
      }) as never)
      const run = runUntilInterrupted(draining([], { yet: true }))
      await pass(0)
      interrupt('SIGINT')
      await pass(20)
      expect(await run).toBe('SIGINT')
      expect(timers.at(-1)?.hasRef()).toBe(form === Number)
      await pass(500)
    },
  )

  it('PRG-02 the drain is not cut short after the run: its timer is cleared', async () => {
    const drained = { yet: true }
    const run = runUntilInterrupted(draining([], drained))
    await pass(0)
    interrupt('SIGINT')
    await pass(20)
    await run
    expect(vi.getTimerCount()).toBe(1) // that of the listeners
    await pass(500)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    [{ drainMs: -1 }, 'drainMs is -1'],
    [{ scheduler: {} }, 'must be a Scheduler'],
    [{ onInterrupt: 1 }, 'onInterrupt is 1'],
    [{ onReport: 1 }, 'onReport is 1'],
    [{ drainMS: 1 }, 'cannot run program: unknown option "drainMS"; did you mean drainMs?'],
  ])('OPT-01 %o is refused', async (options, message) => {
    await expect(runUntilInterrupted(new Part(forever), options as never)).rejects.toThrow(message)
  })
})

describe('runProgram', () => {
  /** What it prints on standard error, and the exit code that it sets, for a component that throws this. */
  async function failed(thrown: unknown): Promise<[text: string, code: unknown]> {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const { exitCode } = process
    try {
      await runProgram(
        new Part(
          doing(() => {
            throw thrown
          }),
        ),
      )
      return [write.mock.calls.map(([text]) => String(text)).join(''), process.exitCode]
    } finally {
      write.mockRestore()
      process.exitCode = exitCode
    }
  }

  it('PRG-03 prints the message of a failure on one line, and sets the exit code 1', async () => {
    expect(await failed(new Error('it cannot go on'))).toEqual([
      'Part#1 failed: Error: it cannot go on\n',
      1,
    ])
    expect(await failed(new Error('red \u001b[31m'))).toEqual([
      'Part#1 failed: Error: red \\u001b[31m\n',
      1,
    ])
  })

  it('PRG-03 prints the stack of any other error', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const { exitCode } = process
    for (const [error, start] of [
      [new TypeError('broken'), 'TypeError: broken\n    at '],
      ['a text', 'a text\n'],
      [undefined, 'undefined\n'],
    ] as const) {
      const scheduler = new Scheduler()
      vi.spyOn(scheduler, 'run').mockRejectedValue(error)
      await runProgram(new Part(), { scheduler })
      expect(String(write.mock.lastCall?.[0])).toContain(start)
    }
    process.exitCode = exitCode
  })

  it('PRG-01 sets no exit code when nothing fails', async () => {
    const { exitCode } = process
    await runProgram(new Part(doing(() => {})))
    expect(process.exitCode).toBe(exitCode)
  })
})
