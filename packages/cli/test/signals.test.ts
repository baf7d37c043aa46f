import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Running } from 'test-support'
import { afterAll, describe, expect, it } from 'vitest'
import { needs, portOf, Udpng } from './command.js'
import { Sink } from './sink.js'

const udpng = new Udpng()
const directory = mkdtempSync(join(tmpdir(), 'udpng-signals-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('signals', () => {
  const SUMMARY = /\nudpng: 0 datagrams received[^\n]*, nothing lost\n$/

  it('CLI-70 the same interrupt twice within moments is one: it still drains and writes its summary', async () => {
    for (let round = 0; round < 5; round++) {
      const { running } = await udpng.start('listen', '127.0.0.1:0')
      using _ = running
      running.kill('SIGINT')
      running.kill('SIGTERM') // the system would make one of two that are alike
      const { code, stderr } = await running.end
      expect(stderr).toMatch(SUMMARY)
      // When Node.js exits, it no longer handles signals: one that comes then ends the process after its summary.
      expect([0, undefined]).toContain(code)
    }
  })

  it('CLI-70 timeout(1), which signals its child and its group, ends it with a summary', async ({
    skip,
  }) => {
    needs(skip, 'timeout')
    for (let round = 0; round < 3; round++) {
      const command = ['--signal=INT', '1h', process.execPath, udpng.program.path]
      using running = new Running('timeout', [...command, 'listen', '127.0.0.1:0'])
      await portOf(running)
      running.kill('SIGALRM') // what its own timer sends it when the hour is over
      expect((await running.end).stderr).toMatch(SUMMARY)
    }
  })

  it.each([
    ['listen', '127.0.0.1:0'],
    ['echo', '127.0.0.1:0'],
    ['relay', '127.0.0.1:0', '--to', '127.0.0.1:9'],
  ])('CLI-71 SIGHUP: %s drains and writes its summary, exit code 129', async (...args) => {
    const { running } = await udpng.start(args[0] as string, ...args.slice(1))
    using _ = running
    running.kill('SIGHUP')
    const { code, stderr } = await running.end
    expect(stderr).toMatch(SUMMARY)
    expect(code).toBe(129)
  })

  it('CLI-71 SIGHUP: send and run too', async () => {
    await using sink = await Sink.open()
    using sender = udpng.run('send', `:${sink.port}`, 'x', '--rate', '10', '--repeat', '1000')
    await sink.first
    sender.kill('SIGHUP')
    const { code, stderr } = await sender.end
    expect([code, stderr]).toEqual([129, expect.stringMatching(/ not sent\n$/)])
    const graph = join(directory, 'graph.yaml')
    writeFileSync(
      graph,
      'parts: { UDP: { component: UDPReceiver, localAddr: 127.0.0.1 }, OUT: { component: ConsoleEchoer } }\nlinkages: { UDP.outbox: OUT.inbox }',
    )
    using running = udpng.run('run', graph, '--inspect=0')
    await running.says('inspector at')
    running.kill('SIGHUP')
    expect(await running.end).toMatchObject({ code: 129, stderr: expect.stringMatching(SUMMARY) })
  })
})
