/*
 * What only shows in a process of its own, with real pipes and a real (pseudo) terminal: the programs are in `programs/`.
 */
import {
  type ChildProcess,
  type StdioNull,
  type StdioPipe,
  spawn,
  spawnSync,
} from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { turn } from 'test-support'
import { build } from 'tsup'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

const directory = mkdtempSync(join(tmpdir(), 'udpng-console-'))
const programs = ['cat', 'count', 'first-line', 'flood']
/** How first-line.ts ends its reader. */
const ways = ['shutdown', 'finish', 'shutdown under backpressure']
const children = new Set<ChildProcess>()

beforeAll(async () => {
  await build({
    config: false,
    silent: true,
    entry: programs.map((name) => fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url))),
    tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)),
    outDir: directory,
    outExtension: () => ({ js: '.mjs' }),
    format: 'esm',
    target: 'node20',
    noExternal: [/^@udpng/],
    esbuildOptions(options) {
      if (!process.env['UDPNG_TEST_DIST']) options.conditions = ['@udpng/source']
    },
  })
})

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

interface Running {
  readonly child: ChildProcess
  /** What it wrote so far. */
  readonly text: { stdout: string; stderr: string }
  /** Resolves with the exit code once it has ended and all it wrote was read. */
  readonly ended: Promise<number | null>
}

type Stdio = StdioNull | StdioPipe | number

function run(
  command: string,
  args: readonly string[],
  [stdin, stdout]: readonly [stdin: Stdio, stdout: Stdio] = ['pipe', 'pipe'],
): Running {
  const child = spawn(command, args, {
    cwd: directory,
    env: { ...process.env, NODE: process.execPath },
    stdio: [stdin, stdout, 'pipe'],
  })
  children.add(child)
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (chunk) => {
      text[name] += chunk
    })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      children.delete(child)
      resolve(code)
    })
  })
  return { child, text, ended }
}

/** Runs a program of ours. */
const ours = (name: string, ...args: string[]) => run(process.execPath, [`${name}.mjs`, ...args])
/** Runs a line of bash, where "$NODE" is this Node.js. */
const shell = (line: string) => run('bash', ['-c', line])

/** Waits until it has written so much that the text matches. */
async function until({ child, text }: Running, pattern: RegExp): Promise<void> {
  const stdout = child.stdout as Readable
  while (!pattern.test(text.stdout))
    await new Promise<void>((resolve, reject) => {
      stdout.once('data', () => resolve())
      stdout.once('end', () => reject(new Error(`ended with ${JSON.stringify(text)}`)))
    })
}

async function endOf(running: Running) {
  const code = await running.ended
  return { code, ...running.text }
}

describe('a process of its own', () => {
  it('CON-01 CON-05 lines of a pipe come out as they went in', async () => {
    expect(await endOf(shell('printf "one\\ntwo\\r\\n\\nthree" | "$NODE" cat.mjs'))).toEqual({
      code: 0,
      stdout: 'one\ntwo\n\nthree\n',
      stderr: '',
    })
  })

  it('CON-02 lines of a file, and of an empty one, come without a prompt', async () => {
    writeFileSync(join(directory, 'file'), 'one\ntwo')
    expect(await endOf(shell('"$NODE" cat.mjs < file; "$NODE" cat.mjs < /dev/null'))).toEqual({
      code: 0,
      stdout: 'one\ntwo\n',
      stderr: '',
    })
  })

  it('CON-03 of a million piped lines none is lost, and memory stays bounded', async () => {
    // 100 bytes each: more than the memory it may take, and read much slower than it is written
    const counter = ours('count')
    const { stdin } = counter.child
    if (!stdin) throw new Error('no pipe')
    for (let n = 1; n <= 1_000_000; ) {
      let text = ''
      for (const end = n + 1000; n < end; n++) text += `${n}`.padEnd(99, '.').concat('\n')
      if (!stdin.write(text)) await new Promise((resolve) => stdin.once('drain', resolve))
    }
    stdin.end()
    const { code, stdout, stderr } = await endOf(counter)
    expect([code, stderr]).toEqual([0, ''])
    const { count, grownMegabytes } = JSON.parse(stdout)
    expect(count).toBe(1_000_000)
    expect(grownMegabytes).toBeLessThan(80)
  })

  it.each(ways)(
    'CON-04 after %s it exits by itself, its standard input still open: a socket',
    async (how) => {
      const first = ours('first-line', how)
      first.child.stdin?.write('one\ntwo\nbegun')
      expect(await endOf(first)).toEqual({ code: 0, stdout: 'first: one\n', stderr: '' })
    },
  )

  it.each(ways)(
    'CON-04 after %s it exits by itself, its standard input still open: a pipe',
    async (how) => {
      const path = join(directory, `pipe ${how}`)
      if (spawnSync('mkfifo', [path]).status !== 0) throw new Error('mkfifo failed')
      const pipe = openSync(path, 'r+')
      try {
        const first = run(process.execPath, ['first-line.mjs', how], [pipe, 'pipe'])
        writeSync(pipe, 'one\ntwo\nbegun')
        expect(await endOf(first)).toEqual({ code: 0, stdout: 'first: one\n', stderr: '' })
      } finally {
        closeSync(pipe)
      }
    },
  )

  it('CON-10 an output that is not read applies backpressure to the writer of the input; nothing is lost', async () => {
    const cat = ours('cat')
    const { stdin, stdout } = cat.child
    if (!stdin || !stdout) throw new Error('no pipe')
    stdout.pause()
    const line = `${'x'.repeat(999)}\n`
    let written = 0
    // far more than all buffers on the way can hold: the last of it can only be taken once the output is read
    const all = line.repeat(1000)
    const sent = new Promise<void>((resolve) => {
      for (let i = 0; i < 40; i++) stdin.write(all, () => ++written)
      stdin.end(resolve)
    })
    // the first is taken at once, so it does read
    while (written === 0) await turn()
    expect(written).toBeLessThan(40)
    stdout.resume()
    await sent
    const { code, stdout: text, stderr } = await endOf(cat)
    expect([code, stderr, text.length]).toEqual([0, '', 40 * all.length])
    expect(text === all.repeat(40)).toBe(true)
  })

  it('CON-11 when standard output is closed all is closed, exit code 0, nothing on standard error', async () => {
    const statuses = `echo "\${PIPESTATUS[@]}"`
    for (const [line, stdout] of [
      [`"$NODE" flood.mjs | head -1; ${statuses}`, 'line 0\n0 0\n'],
      [`yes | "$NODE" cat.mjs | head -2; ${statuses}`, 'y\ny\n141 0 0\n'],
    ] as const)
      expect(await endOf(shell(line))).toEqual({ code: 0, stdout, stderr: '' })
  })

  it('CON-11 so it is when standard output is a connection that is reset', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const reader = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const [connection] = (await once(server, 'connection')) as [Socket]
    const flood = run(process.execPath, ['flood.mjs'], ['ignore', connection])
    connection.destroy() // only its copy in this process
    await once(reader, 'data')
    reader.resetAndDestroy()
    expect(await endOf(flood)).toEqual({ code: 0, stdout: '', stderr: '' })
    server.close()
  })
})

/** `script` of util-linux runs a command on a terminal of its own. */
const script = spawnSync('script', ['--version'], { encoding: 'utf8' })
const hasTerminal = script.stdout?.includes('util-linux') === true
if (!hasTerminal)
  console.warn('SKIPPED: the tests on a terminal need `script` of util-linux, which is not here')

describe.skipIf(!hasTerminal)('on a terminal', () => {
  /** On a terminal that does not echo what is typed, so that only the program's output is seen. */
  const onTerminal = (command: string) =>
    run('script', ['-qfec', `stty -echo; echo ready; "$NODE" ${command}`, '/dev/null'])
  const newlines = ({ text }: Running) =>
    text.stdout.replaceAll('\r\n', '\n').replace('ready\n', '')

  it('CON-01 CON-02 asks for each line; Ctrl-D ends it', async () => {
    const cat = onTerminal('cat.mjs')
    await until(cat, />>> $/)
    cat.child.stdin?.write('one\n')
    await until(cat, />>> .*>>> .*one/s)
    cat.child.stdin?.write('two')
    cat.child.stdin?.write('\x04') // hands over what is typed; a second one, with nothing typed, is the end
    cat.child.stdin?.write('\x04')
    expect(await cat.ended).toBe(0)
    expect(newlines(cat)).toMatch(/^>>> (>>> one\n|one\n>>> )\n?two\n\n?$/)
  })

  it('CON-02 has no prompt when its output goes elsewhere', async () => {
    const cat = onTerminal('cat.mjs | cat')
    await until(cat, /ready/)
    cat.child.stdin?.write('one\n')
    await until(cat, /one/)
    cat.child.stdin?.write('\x04')
    expect(await cat.ended).toBe(0)
    expect(newlines(cat)).toBe('one\n')
  })

  it('CON-04 after shutdown it exits by itself, although more could be typed', async () => {
    const first = onTerminal('first-line.mjs')
    await until(first, /\? $/)
    first.child.stdin?.write('one\n')
    expect(await first.ended).toBe(0)
    expect(newlines(first)).toMatch(/^\? (\? )?first: one\n(\? )?$/)
  })
})
