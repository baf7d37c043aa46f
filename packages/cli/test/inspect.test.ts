import { describe, expect, it } from 'vitest'
import { portOf, Udpng } from './command.js'

const udpng = new Udpng()

describe('--inspect', () => {
  it.each([
    ['listen', '127.0.0.1:0'],
    ['echo', '127.0.0.1:0'],
    ['relay', '127.0.0.1:0', '--to', ':9'],
    ['console', '--to', ':9'],
  ])('CLI-24 %s reports where its page is, and top shows its components', async (...args) => {
    using running = udpng.run(...args, '--inspect=0')
    const [, url = ''] = await running.says(/^udpng: inspector at (http:\S+)\n/m)
    if (args[0] !== 'console') await portOf(running)
    const { code, stdout, stderr } = await udpng.run('top', url, '--once', '--interval', '100ms')
      .end
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/\n {2}UDP .* \S+:\d+\n/)
    running.kill('SIGINT')
    expect((await running.end).code).toBe(0)
  })

  it('CLI-24 a port that is taken: one line, exit code 1', async () => {
    using one = udpng.run('echo', '127.0.0.1:0', '--inspect=0')
    const [, port = ''] = await one.says(/inspector at http:\/\/[^:]+:(\d+)/)
    const { code, stderr } = await udpng.run('echo', '127.0.0.1:0', `--inspect=${port}`).end
    expect(stderr).toMatch(/^udpng: [^\n]+\n$/)
    expect(code).toBe(1)
  })

  it('CLI-24 what follows a bare --inspect is an argument; its port follows =', async () => {
    const { stdout } = await udpng.run('echo', '--help').end
    expect(stdout).toContain('--inspect[=port]')
    const { code, stderr } = await udpng.run('echo', '--inspect', ':70000').end
    expect(stderr).toMatch(
      /^udpng: invalid address ':70000': a port is a number from 0 to 65535 \(see [^\n]*\)\n$/,
    )
    expect(code).toBe(2)
  })

  it('CLI-24 the address is printed also with --quiet', async () => {
    using running = udpng.run('echo', '127.0.0.1:0', '--inspect=0', '--quiet')
    await running.says(/inspector at http/)
  })
})
