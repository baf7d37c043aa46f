import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Options } from 'tsup'
import { eventually } from './eventually.js'

/** How a process ended, and all it wrote. */
export interface End {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** A process that a test started: what it wrote so far, and how it ends. Killed at the end of a `using` block. */
export class Running implements Disposable {
  stdout = ''
  stderr = ''
  /** Resolves when it has ended and all it wrote was read. */
  readonly end: Promise<End>
  /** Resolves when it has ended, read or not. */
  readonly exited: Promise<Pick<End, 'code'>>
  readonly #child: ChildProcess

  /**
   * @param env - its environment (default: ours)
   * @param cwd - its working directory (default: ours)
   */
  constructor(
    command: string,
    args: readonly string[] = [],
    env?: NodeJS.ProcessEnv,
    cwd?: string,
  ) {
    const child = spawn(command, args, { stdio: 'pipe', env, cwd })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    child.stdin.on('error', () => {}) // it need not read what is typed
    this.end = new Promise((resolve, reject) => {
      child.on('error', reject).on('close', (code) => {
        resolve({ code: code ?? undefined, stdout: this.stdout, stderr: this.stderr })
      })
    })
    this.end.catch(() => {}) // who waits for it is told
    this.exited = new Promise((resolve) => {
      child.on('exit', (code) => resolve({ code: code ?? undefined }))
    })
    this.#child = child
  }

  /** Writes to its standard input. */
  type(text: string | Uint8Array): void {
    this.#child.stdin?.write(text)
  }

  /** Ends its standard input. */
  typeNoMore(): void {
    this.#child.stdin?.end()
  }

  /** Whether it takes what was typed, or waits before it reads on. */
  get typedAhead(): number {
    return this.#child.stdin?.writableLength ?? 0
  }

  /** The process. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Takes what it writes on standard output for bytes, a character each. To be called before it writes any. */
  readBytes(): void {
    this.#child.stdout?.setEncoding('latin1')
  }

  /** Reads nothing for now of what it writes, so that it is held up. */
  stopReading(): void {
    this.#child.stdout?.pause()
  }

  /** Reads no more of what it writes: as `| head` does. */
  closeOutput(): void {
    this.#child.stdout?.destroy()
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Waits until it has written so on standard output or standard error; gives what was found. */
  async says(what: string | RegExp, withinMs = 15_000): Promise<RegExpMatchArray> {
    const pattern =
      typeof what === 'string' ? new RegExp(what.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')) : what
    const find = (): RegExpMatchArray | null =>
      this.stdout.match(pattern) ?? this.stderr.match(pattern)
    await eventually(
      () => find() !== null || this.#child.exitCode !== null,
      () => `that it says ${what}, after ${JSON.stringify([this.stdout, this.stderr])},`,
      withinMs,
    )
    const { stdout, stderr } = find() ? this : await this.end
    const found = find()
    if (found) return found
    throw new Error(`it ended without saying ${what}: ${JSON.stringify([stdout, stderr])}`)
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL')
  }
}

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** Leaves packages that are not ours out of a bundle, by the path at which the importing source finds them. */
const foreignByPath: Plugin = {
  name: 'foreign-by-path',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      const isOurs = /udpng/.test(path) || path === 'test-support'
      if (pluginData === 'seen' || kind === 'entry-point' || isOurs || isBuiltin(path)) return null
      const found = await resolve(path, { importer, resolveDir, kind, pluginData: 'seen' })
      return found.errors.length > 0 ? null : { path: found.path, external: true }
    })
  },
}

/** A program of ours, `src/main.ts` of a folder, as a test runs it. */
export class Program implements Disposable {
  readonly #path: string
  readonly #directory: string | undefined

  private constructor(path: string, directory?: string) {
    this.#path = path
    this.#directory = directory
  }

  /**
   * Makes it of the sources of all packages, so that nothing need be built first; with UDPNG_TEST_DIST, takes what was built.
   *
   * @param entry - the file that is run: `src/main.ts`, `dist/main.js`
   */
  static async make(folder: string, entry = 'main'): Promise<Program> {
    return process.env['UDPNG_TEST_DIST']
      ? new Program(join(folder, `dist/${entry}.js`))
      : Program.of(join(folder, `src/${entry}.ts`), join(folder, 'tsconfig.json'), folder)
  }

  /**
   * Makes it of one source file, which belongs to a test; with UDPNG_TEST_DIST, on what was built of our packages.
   *
   * @param place - the folder below which it is put. Below a folder of the repository, packages that are not ours are not
   *   bundled: each is loaded from where the source that imports it finds it
   */
  static async of(file: string, tsconfig: string, place: string = tmpdir()): Promise<Program> {
    const { build } = await import('tsup')
    const outDir = mkdtempSync(join(place, '.program-'))
    await build({
      config: false,
      silent: true,
      entry: { main: file },
      tsconfig,
      outDir,
      outExtension: () => ({ js: '.mjs' }),
      format: 'esm',
      target: 'node20',
      platform: 'node',
      removeNodeProtocol: false,
      noExternal: [/udpng/, /@opentelemetry/],
      esbuildPlugins: place === tmpdir() ? [] : [foreignByPath],
      esbuildOptions(options) {
        if (!process.env['UDPNG_TEST_DIST']) options.conditions = ['@udpng/source']
      },
    })
    return new Program(join(outDir, 'main.mjs'), outDir)
  }

  /** The file that is run. */
  get path(): string {
    return this.#path
  }

  /** Runs it with pipes for standard input and output. */
  run(...args: string[]): Running {
    return new Running(process.execPath, [this.#path, ...args], this.#environment)
  }

  /** Runs it from a shell that does something first, such as `ulimit -n 64`. */
  runAfter(first: string, ...args: string[]): Running {
    const command = [process.execPath, this.#path, ...args]
    return new Running('sh', ['-c', `${first}; exec "$@"`, 'sh', ...command], this.#environment)
  }

  /** Runs it on a pseudo terminal; what is typed goes through it, so that `\x03` is Ctrl-C and `\x04` Ctrl-D. */
  runOnTerminal(...args: string[]): Running {
    const command = [process.execPath, this.#path, ...args].map((word) => `'${word}'`).join(' ')
    // Where a person sits, there is a terminal with colors, and no CI.
    const { CI: _, ...environment } = this.#environment
    // exec: a shell that stays, as some do, is itself ended by Ctrl-C.
    return new Running(
      'script',
      ['--quiet', '--flush', '--return', '--command', `exec ${command}`, '/dev/null'],
      { ...environment, TERM: 'xterm-256color' },
    )
  }

  /** In a bundle, basic-peer asks for the native transport from elsewhere: it is to find what it finds at home. */
  get #environment(): NodeJS.ProcessEnv {
    const { NODE_PATH: _, ...environment } = process.env // pnpm sets one, where it starts the tests
    if (!this.#directory) return environment
    const home = join(import.meta.dirname, '../../../node_modules')
    return { ...environment, NODE_PATH: home }
  }

  [Symbol.dispose](): void {
    if (this.#directory) rmSync(this.#directory, { recursive: true, force: true })
  }
}

/** Whether this machine has a program, such as `python3`. */
export function has(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}
