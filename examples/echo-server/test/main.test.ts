import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import { has, Running } from 'test-support'
import { Program } from 'test-support/program'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let program: Program

beforeAll(async () => {
  program = await Program.make(join(import.meta.dirname, '..'))
})

afterAll(() => program[Symbol.dispose]())

async function start(): Promise<{ run: Running; port: string }> {
  const run = program.run('0')
  const [, port = ''] = await run.says(/echoing on 127\.0\.0\.1:(\d+)\n/)
  return { run, port }
}

/** Sends datagrams of all sizes from two sockets; prints whether each came back whole, to the one that sent it. */
const PYTHON = `
import os, socket, sys
sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
there = ('127.0.0.1', int(sys.argv[1]))
for s in sockets: s.settimeout(60)
for size in [0, 1, 1472, 9000, 65507]:
    sent = [os.urandom(size) for _ in sockets]
    for s, data in zip(sockets, sent): s.sendto(data, there)
    print(size, [s.recvfrom(65536) == (data, there) for s, data in zip(sockets, sent)])
`

describe('the echo server', () => {
  it.skipIf(!has('python3'))('EXA-01 answers each sender with its own bytes', async () => {
    const { run, port } = await start()
    using _ = run
    using python = new Running('python3', ['-c', PYTHON, port])
    const { stdout, stderr } = await python.end
    expect(stderr).toBe('')
    expect(stdout).toBe([0, 1, 1472, 9000, 65507].map((n) => `${n} [True, True]\n`).join(''))
    run.kill('SIGINT')
    const { code, stderr: said } = await run.end
    expect(said).toContain('10 datagrams received, 10 sent back\n')
    expect(code).toBe(0)
  })

  it.skipIf(!has('bash'))('EXA-01 answers a shell', async () => {
    const { run, port } = await start()
    using _ = run
    const talk = `exec 3<>/dev/udp/127.0.0.1/${port}; printf 'hello\\n' >&3; head -n 1 <&3`
    using bash = new Running('bash', ['-c', talk])
    expect(await bash.end).toEqual({ code: 0, stdout: 'hello\n', stderr: '' })
  })

  it('EXA-01 a port that is taken, or invalid, is reported in one line', async () => {
    const taken = createSocket('udp4').bind(0, '127.0.0.1')
    await once(taken, 'listening')
    try {
      using run = program.run(String(taken.address().port))
      const { code, stderr } = await run.end
      expect(stderr).toMatch(/^[^\n]*already in use[^\n]*\n$/)
      expect(code).toBe(1)
    } finally {
      taken.close()
    }
    using run = program.run('http')
    const { code, stderr } = await run.end
    expect(stderr).toMatch(/^cannot create PostboxPeer: localPort [^\n]*\n$/)
    expect(code).toBe(1)
  })
})
