import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Program } from 'test-support/program'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const LIMIT_MS = 60_000

/**
 * What only shows in a process of its own: the programs are in `programs/`.
 *
 * @param system - what `transport` is to be there
 */
export function describeProcesses(system: 'dgram' | 'native'): void {
  describe(`processes: ${system}`, () => {
    const programs = new Map<string, Program>()
    beforeAll(async () => {
      for (const name of ['exits', 'failures', 'unref', 'workers'])
        programs.set(
          name,
          await Program.of(
            join(import.meta.dirname, `programs/${name}.ts`),
            join(import.meta.dirname, '../tsconfig.json'),
          ),
        )
    }, LIMIT_MS)
    afterAll(() => {
      for (const program of programs.values()) program[Symbol.dispose]()
    })

    async function outcome(name: string) {
      const program = programs.get(name)
      if (!program) throw new Error(`there is no program ${name}`)
      using running = program.run(system)
      return await running.end
    }

    it(
      'SHD-07 process.exit() inside a component, with peers open, just exits',
      async () => {
        expect(await outcome('exits')).toEqual({ code: 7, stdout: '', stderr: '' })
      },
      LIMIT_MS,
    )

    it(
      'SHD-08 a process waits for its peers, but not for one that is unref',
      async () => {
        const stdout = 'waited\nended: false\n'
        expect(await outcome('unref')).toEqual({ code: 0, stdout, stderr: '' })
      },
      LIMIT_MS,
    )

    it.skipIf(!existsSync('/proc/self/fd'))(
      'SHD-07 workers that end with peers open (terminated, by exit, by an error) crash nothing and leave no descriptor',
      async () => {
        const { code, stdout, stderr } = await outcome('workers')
        expect([code, stderr]).toEqual([0, ''])
        const { before, after } = JSON.parse(stdout) as { before: number; after: number }
        expect(after).toBe(before)
      },
      LIMIT_MS,
    )

    it(
      'ERR-06 peers that fail in every way cause no unhandled rejection and no uncaught exception, and print nothing',
      async () => {
        expect(await outcome('failures')).toEqual({ code: 0, stdout: 'survived\n', stderr: '' })
      },
      LIMIT_MS,
    )
  })
}
