import {
  Component,
  ErrorOutbox,
  type ErrorReport,
  Inbox,
  link,
  type Main,
  Scheduler,
  UdpngError,
} from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import { runUntilInterrupted } from '@udpng/core/program'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cycles, start } from './part.js'

class Reporter extends Component {
  readonly errors: ErrorOutbox = new ErrorOutbox('What went wrong')
  made = 0

  report(code: 'SEND_FAILED' | 'TOO_LARGE'): void {
    this.errors.report(code, () => {
      this.made++
      return new UdpngError(code, `${code} of ${this.name}`)
    })
  }

  override *main(): Main {
    yield this.pause()
  }
}

const warnings: (Error & { code?: string })[] = []
const listen = (warning: Error): void => void warnings.push(warning)

beforeEach(() => void process.on('warning', listen))
afterEach(() => {
  process.off('warning', listen)
  warnings.length = 0
})

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

it('ERR-09 without a reader the first of each code is a warning, once for each part of a program', async () => {
  const reporters = [new Reporter(), new Reporter()]
  start(...reporters)
  for (let i = 0; i < 3; i++)
    for (const reporter of reporters) {
      reporter.report('SEND_FAILED')
      reporter.report('TOO_LARGE')
    }
  await nextTurn()
  expect(warnings.map(({ name, code }) => [name, code])).toEqual([
    ['UdpngWarning', 'UDPNG_SEND_FAILED'],
    ['UdpngWarning', 'UDPNG_TOO_LARGE'],
  ])
  expect(warnings[0]?.message).toContain('SEND_FAILED of Reporter#1 (link the outbox errors of')
  expect(reporters.map(({ made }) => made)).toEqual([2, 0])
})

it('ERR-09 another scheduler warns for itself; a component that runs on none does not', async () => {
  for (let i = 0; i < 2; i++) {
    const reporter = new Reporter()
    start(reporter)
    reporter.report('SEND_FAILED')
  }
  new Reporter().report('SEND_FAILED')
  await nextTurn()
  expect(warnings).toHaveLength(2)
})

it('ERR-09 with a reader each error arrives, none warns, and one that finds it full is counted', async () => {
  const reporter = new Reporter()
  const inbox = new Inbox<UdpngError>('Errors', { capacity: 2 })
  link(reporter.errors, inbox)
  cycles(start(reporter), 1)
  for (let i = 0; i < 3; i++) reporter.report('SEND_FAILED')
  await nextTurn()
  expect([inbox.length, reporter.errors.lost, reporter.made, warnings.length]).toEqual([2, 1, 2, 0])
})

it('ERR-09 without a reader, before activation or after, an error is discarded, not lost, and in no account', async () => {
  const adopted = new ErrorOutbox('What went wrong, in a part')
  const reporter = new (class Both extends Reporter {
    constructor() {
      super()
      this.adopt('others', adopted)
    }
  })()
  const { errors } = reporter
  const make = () => new UdpngError('TOO_LARGE', 'too large')
  const report = () => {
    for (const each of [errors, adopted]) each.report('TOO_LARGE', make)
    return [errors, adopted].map(({ sent, discarded, lost }) => [sent, discarded, lost])
  }
  expect(report()).toEqual([
    [0, 1, 0],
    [0, 1, 0],
  ])
  start(reporter)
  expect(report()).toEqual([
    [0, 2, 0],
    [0, 2, 0],
  ])
  expect(accountOf(reporter)).toMatchObject({ entered: 0, dropped: {} })
  for (const each of [errors, adopted]) link(each, new Inbox<UdpngError>('Errors'))
  expect(report()).toEqual([
    [1, 2, 0],
    [1, 2, 0],
  ])
  expect(accountOf(reporter)).toMatchObject({ entered: 2, out: 2, dropped: {} })
  await nextTurn()
  expect(warnings).toHaveLength(1)
})

it('ERR-09 bytes from the network are escaped in a warning, and its length is bounded', async () => {
  const reporter = new Reporter()
  start(reporter)
  reporter.errors.report('TOO_LARGE', () => new UdpngError('TOO_LARGE', '\x1b]0;p\x07\u202e'))
  reporter.errors.report('SEND_FAILED', () => new UdpngError('SEND_FAILED', 'x'.repeat(1e6)))
  await nextTurn()
  expect(warnings[0]?.message).toContain('\\u001b]0;p\\u0007\\u202e (link')
  expect(warnings[1]?.message.length).toBeLessThan(5000)
})

it('ERR-09 an error that cannot be made costs the component nothing', () => {
  const reporter = new Reporter()
  start(reporter)
  reporter.errors.report('TOO_LARGE', () => {
    throw new Error('cannot be made')
  })
  expect(reporter.errors.lost).toBe(1)
})

it('ERR-09 the memory for warnings is bounded', async () => {
  const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  try {
    const Parent = class extends Component {
      override *main(): Main {
        for (let i = 0; i < 1100; i++)
          this.activate(new Reporter(), `part ${i}`).report('SEND_FAILED')
        yield this.pause()
      }
    }
    cycles(start(new Parent()), 1)
    // All others are one kind for each code.
    expect(emit).toHaveBeenCalledTimes(1001)
  } finally {
    emit.mockRestore()
  }
})

describe('onReport', () => {
  /** Reports these errors, then ends. */
  class Failing extends Reporter {
    readonly #codes: readonly ('SEND_FAILED' | 'TOO_LARGE')[]

    constructor(...codes: readonly ('SEND_FAILED' | 'TOO_LARGE')[]) {
      super()
      this.#codes = codes
    }

    override *main(): Main {
      for (const code of this.#codes) this.report(code)
      yield
    }
  }

  /** Starts components under these names. */
  class Whole extends Component {
    readonly #parts: Readonly<Record<string, Component>>

    constructor(parts: Readonly<Record<string, Component>>) {
      super()
      this.#parts = parts
    }

    override *main(): Main {
      const parts = Object.entries(this.#parts).map(([name, part]) => this.activate(part, name))
      while (parts.some(({ ended }) => !ended)) yield this.pause()
    }
  }

  const textOf = ({ error, component, part, count }: ErrorReport): string =>
    `${error.code} ${component} ${part} ${count}: ${error.message}`

  it('ERR-10 gets each error without a reader: what, where, and how often; none is a process warning', async () => {
    const reports: ErrorReport[] = []
    const whole = new Whole({
      A: new Failing('SEND_FAILED', 'TOO_LARGE', 'SEND_FAILED'),
      B: new Failing('SEND_FAILED'),
    })
    await whole.run({ onReport: (report) => void reports.push(report) })
    await nextTurn()
    expect(reports.map(textOf)).toEqual([
      'SEND_FAILED A A 1: SEND_FAILED of A',
      'TOO_LARGE A A 1: TOO_LARGE of A',
      'SEND_FAILED A A 2: SEND_FAILED of A',
      'SEND_FAILED B B 1: SEND_FAILED of B',
    ])
    expect(warnings).toEqual([])
  })

  it('ERR-10 components of one group are one part, and each has its own name', async () => {
    class Clients extends Component {
      override *main(): Main {
        for (const name of ['192.0.2.1:1', '192.0.2.2:2'])
          this.activate(new Failing('SEND_FAILED'), name, 'Client')
        yield* this.sleep(1)
      }
    }
    const reports: ErrorReport[] = []
    const whole = new Whole({ ROOMS: new Clients() })
    await runUntilInterrupted(whole, { onReport: (report) => void reports.push(report) })
    expect(reports.map(textOf)).toEqual([
      'SEND_FAILED ROOMS/192.0.2.1:1 ROOMS/Client 1: SEND_FAILED of ROOMS/192.0.2.1:1',
      'SEND_FAILED ROOMS/192.0.2.2:2 ROOMS/Client 2: SEND_FAILED of ROOMS/192.0.2.2:2',
    ])
  })

  it('ERR-10 counts the errors of the first 1000 parts for each, and those of all others together', () => {
    const parts = Array.from({ length: 1100 }, () => new Reporter())
    const scheduler = start(new Whole(Object.fromEntries(parts.map((part, i) => [`P${i}`, part]))))
    const counts: unknown[] = []
    const run = scheduler.run({ onReport: ({ part, count }) => void counts.push([part, count]) })
    cycles(scheduler, 1)
    for (const part of parts) part.report('SEND_FAILED')
    for (const i of [0, 999, 1000, 1099]) parts[i]?.report('SEND_FAILED')
    expect(counts.slice(1099)).toEqual([
      ['P1099', 100],
      ['P0', 2],
      ['P999', 2],
      ['P1000', 101],
      ['P1099', 102],
    ])
    scheduler.stop()
    return run
  })

  it('ERR-10 an outbox that is linked is not reported, nor what is reported when the run is over', async () => {
    const scheduler = new Scheduler()
    const reports: ErrorReport[] = []
    const read = new Failing('SEND_FAILED')
    const inbox = new Inbox<UdpngError>('Errors')
    link(read.errors, inbox)
    scheduler.activate(read)
    await scheduler.run({ onReport: (report) => void reports.push(report) })
    scheduler.activate(new Failing('TOO_LARGE'))
    await scheduler.run()
    await nextTurn()
    expect([inbox.length, reports]).toEqual([1, []])
    expect(warnings.map(({ code }) => code)).toEqual(['UDPNG_TOO_LARGE'])
  })

  it('ERR-10 what a listener took is a warning when it comes again without one', async () => {
    const scheduler = new Scheduler()
    const failing = () => scheduler.activate(new Failing('SEND_FAILED'))
    failing()
    await scheduler.run({ onReport() {} })
    failing()
    await scheduler.run()
    failing()
    await scheduler.run()
    await nextTurn()
    expect(warnings.map(({ code }) => code)).toEqual(['UDPNG_SEND_FAILED'])
  })

  it('ERR-10 a listener whose promise is rejected ends no program', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    try {
      await new Failing('SEND_FAILED').run({
        onReport: async () => {
          throw new Error('no log')
        },
      })
      await nextTurn()
      expect(unhandled).not.toHaveBeenCalled()
    } finally {
      process.off('unhandledRejection', unhandled)
    }
  })

  it('ERR-10 each run that is under way has its own listener', async () => {
    const scheduler = new Scheduler()
    scheduler.activate(new Failing('SEND_FAILED'))
    const seen: string[] = []
    const onReport = ({ error }: ErrorReport): void => void seen.push(error.code)
    await Promise.all([scheduler.run({ onReport }), scheduler.run({ onReport }), scheduler.run()])
    expect(seen).toEqual(['SEND_FAILED', 'SEND_FAILED'])
  })

  it('ERR-10 a listener that throws costs the component nothing; the first of a kind then becomes a warning', async () => {
    const failing = new Failing('SEND_FAILED', 'SEND_FAILED', 'TOO_LARGE')
    let calls = 0
    await failing.run({
      onReport() {
        calls++
        throw new Error('no log')
      },
    })
    await nextTurn()
    expect([calls, failing.made, failing.errors.lost]).toEqual([3, 3, 0])
    expect(warnings.map(({ code }) => code)).toEqual(['UDPNG_SEND_FAILED', 'UDPNG_TOO_LARGE'])
  })
})
