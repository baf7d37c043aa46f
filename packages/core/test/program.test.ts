import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { eventually, type Running } from 'test-support'
import { Program } from 'test-support/program'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let program: Program

beforeAll(async () => {
  program = await Program.of(
    join(import.meta.dirname, 'interrupted-program.ts'),
    join(import.meta.dirname, '../tsconfig.json'),
  )
})

afterAll(() => program[Symbol.dispose]())

/** A program that was interrupted when it was ready. */
async function interrupted(mode: string, signal: NodeJS.Signals): Promise<Running> {
  const run = program.run(mode)
  await eventually(() => run.stdout.includes('ready'), 'that it is ready')
  run.kill(signal)
  await eventually(() => run.stdout.includes('first'), 'the interrupt')
  return run
}

describe.skipIf(process.platform === 'win32')('runProgram in a process of its own', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'PRG-01 drains after %s, and ends with exit code 0',
    async (signal) => {
      using run = await interrupted('drains', signal)
      const { code, stdout } = await run.end
      const lines = ['ready', `first ${signal}`, 'draining', 'drained', 'closed', 'over', '']
      expect(stdout.split('\n')).toEqual(lines)
      expect(code).toBe(0)
    },
  )

  it('PRG-01 shuts down what does not end within drainMs', async () => {
    using run = await interrupted('ignores', 'SIGTERM')
    const { code, stdout } = await run.end
    expect(stdout.split('\n')).toEqual(['ready', 'first SIGTERM', 'closed', 'over', ''])
    expect(code).toBe(0)
  })

  it('PRG-02 exits at once at the second interrupt, with the number of its signal', async () => {
    using run = await interrupted('hangs', 'SIGINT')
    run.kill('SIGTERM') // too soon: `timeout` sends two
    await delay(1000)
    expect(run.stdout).not.toContain('second')
    // The system makes one of two that come before it has read the first.
    const kills = setInterval(() => run.kill('SIGTERM'), 50)
    const { code, stdout } = await run.end
    clearInterval(kills)
    expect(stdout.split('\n').at(-2)).toBe('second SIGTERM')
    expect(code).toBe(128 + 15)
  })

  it('PRG-03 prints a failure on standard error, and the exit code is 1', async () => {
    using run = program.run('fails')
    const { code, stderr } = await run.end
    expect(stderr).toBe('Job#1 failed: Error: it cannot go on\n')
    expect(code).toBe(1)
  })
})
