import { join } from 'node:path'
import { Program } from 'test-support/program'
import { expect, it } from 'vitest'

it('EXA-02 as a program, in real time, it changes destination once per second, in turn, until Ctrl-C', {
  timeout: 120_000,
}, async () => {
  using program = await Program.make(join(import.meta.dirname, '..'))
  using run = program.run()
  const start = performance.now()
  await run.says(/^third server: .*^first server: /ms)
  const took = performance.now() - start
  run.kill('SIGINT')
  const { code, stdout, stderr } = await run.end
  expect([code, stderr]).toEqual([0, ''])

  // What several servers say at a time may be shown in any order: by number of the datagram it is as it was sent.
  const shown = [...stdout.matchAll(/^(\w+) server: 127\.0\.0\.1:\d+ datagram (\d+)$/gm)]
    .map(([, server = '', number]) => ({ server, number: Number(number) }))
    .sort((a, b) => a.number - b.number)
  expect(shown).toHaveLength(stdout.split('\n').length - 1)
  const turns = shown.map(({ server }) => server).filter((server, i, all) => server !== all[i - 1])
  expect(turns.slice(0, 4)).toEqual(['first', 'second', 'third', 'first'])
  expect(took).toBeGreaterThan(3000) // three times a second, which no machine can shorten
})
