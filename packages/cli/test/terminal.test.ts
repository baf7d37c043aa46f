import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Running } from 'test-support'
import { afterAll, describe, expect, it } from 'vitest'
import { shown } from '../src/output/print-out.js'
import { Udpng } from './command.js'
import { Sink } from './sink.js'

const udpng = new Udpng()
const directory = mkdtempSync(join(tmpdir(), 'udpng-terminal-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** C0 but for tab and newline, DEL, C1, line and paragraph separators, marks that turn the direction of writing. */
const DANGEROUS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/
const NASTY = '\x1b[2J\x07\x7f\u009b31m\u202e\u2066\u2028\u2029\r'

function file(text: string, name = 'graph.yaml'): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

describe('what reaches the terminal', () => {
  it('CLI-67 listen: no form but --raw lets a datagram drive it; JSON has the same value', async () => {
    for (const form of [[], ['--hex'], ['--json']]) {
      const { running, port } = await udpng.start('listen', '127.0.0.1:0', '--count', '1', ...form)
      using _ = running
      await using sink = await Sink.open()
      sink.socket.send(NASTY, Number(port), '127.0.0.1')
      const { stdout, stderr } = await running.end
      expect(stdout + stderr).not.toMatch(DANGEROUS)
      if (form[0] === '--json') expect(JSON.parse(stdout)).toMatchObject({ text: NASTY })
    }
  })

  it.each([
    [
      'a linkage',
      `parts: { A: { component: ConsoleReader } }\nlinkages: { ${JSON.stringify(NASTY)}: A.inbox }`,
    ],
    ['a part', `parts: { ${JSON.stringify(NASTY)}: { component: ConsoleReader } }\nlinkages: {}`],
    ['a component', `parts: { A: { component: ${JSON.stringify(NASTY)} } }\nlinkages: {}`],
    [
      'an option',
      `parts: { A: { component: UDPSender, receiverAddr: ${JSON.stringify(NASTY)} } }\nlinkages: {}`,
    ],
    ['a key', `parts: { A: { component: UDPSender, ${JSON.stringify(NASTY)}: 1 } }\nlinkages: {}`],
    ['a tag', 'parts: { A: !\u009b31m\u202e [] }\nlinkages: {}'],
    ['an alias', 'parts: { A: *\u009b31m\u202e }\nlinkages: {}'],
    ['what is not YAML', '\u202e: [\u009b31m: }'],
  ])('CLI-67 an error about %s of a graph file', async (_, text) => {
    const { code, stdout, stderr } = await udpng.run('run', file(text)).end
    expect(code).toBe(2)
    expect(stderr).toMatch(/graph\.yaml:\d+:\d+: /)
    expect(stdout + stderr).not.toMatch(DANGEROUS)
  })

  it('CLI-67 names of files, hosts and arguments, and the picture of a graph', async () => {
    const good = 'parts: { A: { component: ConsoleReader, prompt: "\\u202e\\x9b" } }\nlinkages: {}'
    const path = file(good, 'odd \u202e\u009b\nname.yaml')
    for (const args of [
      ['run', '--check', path],
      ['run', `${path}none`],
      ['graph', path],
      ['graph', path, '--svg'],
      ['send', `${NASTY}:1`, 'x'],
      ['send', ':1', 'x', `--${NASTY}`],
      [NASTY],
      ['listen', ':1', '--count', NASTY],
    ]) {
      const { stdout, stderr } = await udpng.run(...args).end
      expect(stdout + stderr, args.join(' ')).not.toMatch(DANGEROUS)
      expect(stdout + stderr).not.toBe('')
    }
  })

  it('CLI-67 colors of the command stay on a terminal; nothing else does', () => {
    const text = `\x1b[31mred\x1b[39m \x1b[8mhidden\x1b[2J${NASTY}`
    const onTerminal = shown(text, { isTTY: true })
    expect(onTerminal.startsWith('\x1b[31mred\x1b[39m \\x1b[8mhidden\\x1b[2J')).toBe(true)
    expect(onTerminal.slice('\x1b[31mred\x1b[39m'.length)).not.toMatch(DANGEROUS)
    expect(shown(text, {})).not.toMatch(DANGEROUS)
  })

  it('CLI-68 an error about a graph file is a line of bounded length', async () => {
    const long = 'x'.repeat(100_000)
    for (const text of [
      `parts: { A: !${long} [] }\nlinkages: {}`,
      `parts: { A: *${long} }\nlinkages: {}`,
      `parts: { A: { component: ${long} } }\nlinkages: {}`,
      `parts: { A: { component: UDPSender, receiverAddr: ${long} } }\nlinkages: {}`,
      `parts: { A: { component: ConsoleReader } }\nlinkages: { A.${long}: A.${long} }`,
      `parts: { A: { component: Text, template: "{${long}}" } }\nlinkages: {}`,
    ]) {
      const { code, stderr } = await udpng.run('run', '--check', file(text)).end
      expect(code).toBe(2)
      expect(Math.max(...stderr.split('\n').map((line) => line.length))).toBeLessThan(1000)
    }
  })
})

describe('an output that does not take what is written', () => {
  it.each([
    ['--help >/dev/full'],
    ['--version >/dev/full'],
    ['send --help >/dev/full'],
    ['doctor >/dev/full'],
    ['completion bash >/dev/full'],
    ['run --check $GRAPH >/dev/full'],
  ])('CLI-69 udpng %s: a line, exit code 1', async (line) => {
    const graph = file('parts: { A: { component: ConsoleReader } }\nlinkages: {}')
    const { code, stdout, stderr } = await shell(line.replace('$GRAPH', graph)).end
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/(^|\n)udpng: [^\n]*ENOSPC[^\n]*\n$/)
  })

  it('CLI-69 standard error: exit code 1', async () => {
    expect((await shell('run --check /none 2>/dev/full').end).code).toBe(2)
    const { running, port } = await udpng.start('echo', '127.0.0.1:0')
    using _ = running
    expect((await shell(`send :${port} text --verbose 2>/dev/full`).end).code).toBe(1)
  })

  it('CLI-69 listen: it ends, exit code 1', async () => {
    const port = await Sink.freePort()
    using running = shell(`listen 127.0.0.1:${port} >/dev/full`)
    await running.says('listening')
    await using sink = await Sink.open()
    sink.socket.send('text', port, '127.0.0.1')
    const { code, stderr } = await running.end
    expect(stderr).toContain('ENOSPC')
    expect(code).toBe(1)
  })
})

/** The command in a shell, for its redirections. */
function shell(line: string): Running {
  return new Running('sh', ['-c', `exec "$0" "$1" ${line}`, process.execPath, udpng.program.path])
}
