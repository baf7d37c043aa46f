import { join } from 'node:path'
import { Program } from 'test-support/program'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let program: Program

beforeAll(async () => {
  program = await Program.make(join(import.meta.dirname, '..'))
})

afterAll(() => program[Symbol.dispose]())

const servers = (stdout: string): (string | undefined)[] =>
  [...stdout.matchAll(/^127\.0\.0\.1:\d+ hello from the (\w+) server$/gm)]
    .map(([, server]) => server)
    .sort()

describe('the program', () => {
  it('EXA-03 goes on receiving until Ctrl-C', async () => {
    using run = program.run()
    await run.says(/(hello .*){3}/s)
    run.kill('SIGINT')
    const { code, stdout, stderr } = await run.end
    expect(servers(stdout)).toEqual(['first', 'second', 'third'])
    expect([code, stderr]).toEqual([0, ''])
  })

  it('EXA-03 with --drain ends by itself', async () => {
    using run = program.run('--drain')
    const { code, stdout, stderr } = await run.end
    expect(servers(stdout)).toEqual(['first', 'second', 'third'])
    expect([code, stderr]).toEqual([0, ''])
  })
})
