import { Component, ErrorOutbox, Inbox, link, type Main, UdpngError } from '@udpng/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
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
  expect(reporters.map(({ made }) => made)).toEqual([2, 2])
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
    expect(emit).toHaveBeenCalledTimes(1000)
  } finally {
    emit.mockRestore()
  }
})
