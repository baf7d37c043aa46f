import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Udpng } from './command.js'

const udpng = new Udpng()

function ownDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'udpng-unix-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

const TWO_PATHS =
  ' is not the path of a Unix socket; the address and --local must both be paths, or neither'

describe.skipIf(process.platform !== 'linux')('Unix sockets', () => {
  it('CLI-86 listen and send take a path, or @name, and the sender is shown', async () => {
    const directory = ownDirectory()
    for (const path of [join(directory, 'x.sock'), `@udpng-cli-${process.pid}`]) {
      using running = udpng.run('listen', path, '--count', '3')
      await running.says(`listening on ${path}\n`)
      const local = path.replace('x.sock', 'y.sock') + (path.startsWith('@') ? '-2' : '')
      expect((await udpng.run('send', path, 'one', 'two').end).code).toBe(0)
      expect((await udpng.run('send', path, 'three', '--local', local).end).code).toBe(0)
      const { code, stdout, stderr } = await running.end
      expect(stdout).toBe(`(unnamed) one\n(unnamed) two\n${local} three\n`)
      expect(stderr).toContain('3 datagrams received (11 bytes), 3 written, nothing lost')
      expect(code).toBe(0)
    }
    expect(readdirSync(directory)).toEqual([])
  })

  it('CLI-86 a socket that is not there, or a file that is, is an error that says so', async () => {
    const path = join(ownDirectory(), 'x.sock')
    const missing = await udpng.run('send', path, 'x').end
    expect(missing.stderr).toContain(`cannot send 1 bytes to ${path}: there is no such socket`)
    expect(missing.code).toBe(1)
    writeFileSync(path, '')
    const taken = await udpng.run('listen', path).end
    expect(taken.stderr).toContain(
      `cannot bind ${path}: there is such a socket already; if no program uses it, remove the file`,
    )
    expect(taken.code).toBe(1)
  })

  it.each([
    [['send', '/x', 'y', '--broadcast'], '--broadcast has no effect on Unix sockets; omit it'],
    [['send', '/x', 'y', '--ttl', '3'], '--ttl has no effect on Unix sockets; omit it'],
    [['send', '/x', 'y', '--local', '127.0.0.1:5'], `127.0.0.1:5${TWO_PATHS}`],
    [['send', '127.0.0.1:5', 'y', '--local', '/x'], `127.0.0.1:5${TWO_PATHS}`],
    [['listen', '/x', '--group', '239.1.2.3'], '--group has no effect on Unix sockets; omit it'],
    [
      ['listen', '/x', '--recv-buffer', '9'],
      '--recv-buffer has no effect on Unix sockets; omit it',
    ],
  ])('CLI-86 %j is refused', async (args, message) => {
    const { code, stderr } = await udpng.run(...args).end
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })
})
