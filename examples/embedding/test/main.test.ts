import { join } from 'node:path'
import { has, Running } from 'test-support'
import { Program } from 'test-support/program'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let program: Program

beforeAll(async () => {
  program = await Program.make(join(import.meta.dirname, '..'))
})

afterAll(() => program[Symbol.dispose]())

const PYTHON = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(60)
for word in ['tea', 'rum', 'tea', 'tea']:
    s.sendto(word.encode(), ('127.0.0.1', int(sys.argv[1])))
    print(s.recv(100).decode(), end='')
`

describe('the word counter', () => {
  it.skipIf(!has('python3'))(
    'MSG-01 MSG-02 answers what it iterates over, and ends with the peer after an interrupt',
    async () => {
      using run = program.run('0')
      const [, port = ''] = await run.says(/counting words on 127\.0\.0\.1:(\d+)\n/)
      using python = new Running('python3', ['-c', PYTHON, port])
      expect(await python.end).toEqual({
        code: 0,
        stdout: 'tea 1\nrum 1\ntea 2\ntea 3\n',
        stderr: '',
      })
      run.kill('SIGINT')
      const { code, stdout, stderr } = await run.end
      expect([code, stdout, stderr.split('\n').length]).toEqual([0, '{ tea: 3, rum: 1 }\n', 2])
    },
  )

  it('MSG-02 a failed bind ends the iteration, and is reported in one line', async () => {
    using first = program.run('0')
    const [, port = ''] = await first.says(/counting words on 127\.0\.0\.1:(\d+)\n/)
    using second = program.run(port)
    const { code, stdout, stderr } = await second.end
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^[^\n]*already in use[^\n]*\n$/)
  })
})
