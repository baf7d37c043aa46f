import { Running } from 'test-support'
import { describe, expect, it } from 'vitest'
import { needs, Udpng } from './command.js'
import { Sink } from './sink.js'

const udpng = new Udpng()

/** Prints its port, then what it receives, and answers each datagram. */
const PYTHON = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 0))
print('port', s.getsockname()[1], flush=True)
while True:
    data, sender = s.recvfrom(65536)
    print(data, 'from', sender[1], flush=True)
    s.sendto(b'got ' + data, sender)
`

describe('console', () => {
  it('CLI-18 lines go out as datagrams, from --local; replies are shown; it waits for them at the end', async ({
    skip,
  }) => {
    needs(skip, 'python3')
    using python = new Running('python3', ['-c', PYTHON])
    const [, port] = await python.says(/port (\d+)/)
    const here = await Sink.freePort()
    const local = ['--local', `127.0.0.1:${here}`]
    using running = udpng.run('console', '--to', `127.0.0.1:${port}`, ...local, '--linger', '1h')
    running.type('one\ntwo')
    running.typeNoMore()
    await running.says(' got two\n')
    running.kill('SIGINT')
    const { code, stdout, stderr } = await running.end
    expect(stdout).toBe(`127.0.0.1:${port} got one\n127.0.0.1:${port} got two\n`)
    expect(python.stdout.split('\n').slice(1, -1)).toEqual([
      `b'one\\n' from ${here}`,
      `b'two\\n' from ${here}`,
    ])
    expect(stderr).toContain(`sending to 127.0.0.1:${port}, listening on 127.0.0.1:${here}`)
    expect(stderr).toMatch(/\nudpng: 2 datagrams sent, 2 received, nothing lost\n$/)
    expect(code).toBe(0)
  })

  it('CLI-18 a late reply is shown while it lingers, and not after', async () => {
    const ask = async (linger: string): Promise<{ late: Sink; running: Running }> => {
      const late = await Sink.open()
      const running = udpng.run('console', '--to', `:${late.port}`, '--linger', linger)
      running.type('late\n')
      running.typeNoMore()
      await late.first
      return { late, running }
    }
    const reply = ({ socket, sources: [source] }: Sink): void =>
      socket.send('reply\n', source?.port as number, source?.address)
    {
      const { late, running } = await ask('1h')
      await using _late = late
      using _running = running
      // Its input has ended long ago: it waits for replies, and for nothing else.
      await new Promise((resolve) => setTimeout(resolve, 300))
      reply(late)
      await running.says(`127.0.0.1:${late.port} reply\n`)
      running.kill('SIGINT')
      await running.end
    }
    const began = performance.now()
    const { late, running } = await ask('200ms')
    await using _late = late
    using _running = running
    expect(await running.end).toMatchObject({ code: 0, stdout: '' })
    expect(performance.now() - began).toBeGreaterThan(200)
    reply(late) // nothing is there for it
  })

  it('CLI-18 to IPv6', async () => {
    const { running: server, port } = await udpng.start('echo', '[::1]:0')
    using _ = server
    using running = udpng.run('console', '--to', `[::1]:${port}`, '--linger', '1h')
    running.type('six\n')
    running.typeNoMore()
    await running.says('six\n')
    running.kill('SIGINT')
    expect((await running.end).stdout).toBe(`[::1]:${port} six\n`)
  })

  it('CLI-18 an interrupt leaves, without waiting for replies', async () => {
    using running = udpng.run('console', '--to', ':9', '--linger', '1h')
    await running.says('sending to')
    running.kill('SIGINT')
    // An hour would be a hang.
    expect((await running.end).code).toBe(0)
  })

  it('CLI-25 on a terminal: a prompt, replies in its place, and Ctrl-D quits', async ({ skip }) => {
    needs(skip, 'script')
    const { running: server, port } = await udpng.start('echo', '127.0.0.1:0')
    using _ = server
    using running = udpng.onTerminal('console', '--to', `:${port}`, '--linger', '100ms')
    await running.says('Ctrl-D quits\r\n\r\x1b[K>>> ')
    expect(running.stdout).toContain('\r\x1b[Kudpng: sending to')
    running.type('hello\n')
    await running.says(`\r\x1b[K127.0.0.1:${port} hello\r\n\r\x1b[K>>> `)
    running.type('\x04')
    const { code, stdout } = await running.end
    expect(stdout).toMatch(/udpng:\S* 1 datagram sent, 1 received, nothing lost\r\n$/)
    expect(code).toBe(0)
  })
})
