import { ErrorOutbox, UdpngError } from '@udpng/core'
import { runProgram, runUntilInterrupted } from '@udpng/core/program'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { doing, forever, Part, start } from './part.js'

class Reporter extends Part {
  readonly errors: ErrorOutbox = new ErrorOutbox('What went wrong')
}

/** Calls `act` in a runtime that has this `process`. */
function withProcess<T>(process: unknown, act: () => T): T {
  vi.stubGlobal('process', process)
  try {
    return act()
  } finally {
    vi.unstubAllGlobals()
  }
}

afterEach(() => void vi.restoreAllMocks())

describe.each<[string, unknown]>([
  ['no process', undefined],
  ['an empty process', {}],
  [
    'a process that does not give the environment',
    {
      get env(): never {
        throw new Error('not permitted')
      },
    },
  ],
])('a runtime with %s', (_, process) => {
  it('SCH-23 SCH-24 ERR-09 runs components; it warns of nothing, and sets no timer', async () => {
    const setInterval = vi.spyOn(globalThis, 'setInterval')
    const reporter = new Reporter(forever)
    const scheduler = start(reporter)
    await withProcess(process, () => {
      const over = scheduler.run()
      reporter.errors.report('SEND_FAILED', () => new UdpngError('SEND_FAILED', 'not sent'))
      scheduler.stop()
      return over
    })
    expect([reporter.errors.discarded, reporter.errors.lost]).toEqual([1, 0])
    expect(setInterval).not.toHaveBeenCalled()
  })

  it('PRG-03 runs a program, and without an interrupt it ends when its component does', async () => {
    const ending = () => new Part(doing(() => {}))
    expect(await withProcess(process, () => runUntilInterrupted(ending()))).toBeUndefined()
  })
})

it('PRG-03 where there is no process to end, runProgram rejects with the failure', async () => {
  const failing = new Part(
    doing(() => {
      throw new Error('it cannot go on')
    }),
  )
  await expect(withProcess(undefined, () => runProgram(failing))).rejects.toThrow(
    'Part#1 failed: Error: it cannot go on',
  )
})
