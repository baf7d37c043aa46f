import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { nativeTransport } from '@udpng/native'
import { Running } from 'test-support'
import { Program } from 'test-support/program'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const here = import.meta.dirname

/** What serves the sockets of a program. */
function served(): 'native' | 'dgram' {
  try {
    return nativeTransport() ? 'native' : 'dgram'
  } catch {
    return 'dgram'
  }
}

describe('programs that are not changed', () => {
  // Below the folder of native, the bundle finds the addon where the source of native does.
  let register: Program
  beforeAll(async () => {
    const native = join(here, '../../native')
    register = await Program.of(
      join(here, '../src/register.ts'),
      join(here, '../tsconfig.json'),
      native,
    )
  })
  afterAll(() => register[Symbol.dispose]())

  async function run(name: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
    const flag = `--import=${pathToFileURL(register.path)}`
    const command = [flag, join(here, 'programs', name), ...args]
    const environment = { ...process.env, NODE_PATH: undefined, ...env }
    using running = new Running(process.execPath, command, environment)
    return await running.end
  }

  const lines = (...stdout: string[]) => ({ code: 0, stdout: `${stdout.join('\n')}\n`, stderr: '' })

  it('DGR-13 a CommonJS program gets the sockets of this package', async () => {
    expect(await run('echo.cjs')).toEqual(lines(`hello ${served()} true`))
  })

  it('DGR-13 so do names that are imported, worker threads, and child processes', async () => {
    expect(await run('named.mjs')).toEqual(
      lines(...['main', 'worker', 'child'].map((where) => `${where} hello ${served()}`)),
    )
  })

  it('DGR-13 UDPNG_DGRAM=off leaves node:dgram as it is, UDPNG_TRANSPORT=dgram only counts', async () => {
    expect(await run('echo.cjs', [], { UDPNG_DGRAM: 'off' })).toEqual(lines('hello undefined true'))
    expect(await run('echo.cjs', [], { UDPNG_TRANSPORT: 'dgram' })).toEqual(
      lines('hello dgram true'),
    )
  })

  it('DGR-14 a listener that throws does not lose later messages', async () => {
    expect(await run('throws.cjs')).toEqual(
      lines('one', 'uncaught at one', 'two', 'uncaught at two', 'end'),
    )
  })

  it('DGR-12 a process waits for its sockets, but not for one that is unref', async () => {
    for (const when of ['unref', 'early'])
      expect(await run('unref.cjs', [when])).toEqual(lines('bound', 'ended'))
    expect(await run('unref.cjs', ['ref'])).toEqual(lines('bound', 'still there', 'ended'))
  })

  it('DGR-10 a socket of another process is served by node:dgram', async () => {
    expect(await run('inherited.cjs')).toEqual(lines('hello dgram 1'))
  })

  it('DGR-10 so is a port that the workers of a cluster share', async () => {
    const { code, stdout, stderr } = await run('cluster.cjs')
    expect([code, stderr, stdout.trim().split('\n').sort()]).toEqual([
      0,
      '',
      [`exclusive hello ${served()}`, 'shared hello dgram'],
    ])
  })
})
