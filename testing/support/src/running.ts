import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
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
    this.end.catch(() => {}) // its awaiter gets the rejection
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

  /** Stops reading its output, so that its writes block. */
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
  async says(what: string | RegExp, withinMs = 60_000): Promise<RegExpMatchArray> {
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

/** Whether this machine has a program, such as `python3`. */
export function has(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}
