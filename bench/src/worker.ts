import { type ChildProcess, spawn } from 'node:child_process'

/** What workers tell: numbers by name. */
export type Numbers = Readonly<Record<string, number>>

/** The argument that makes this program a worker. */
export const WORKER = '--worker'

/**
 * A process that measures one thing, so that nothing measured before has warmed up or spoilt its code. It is this program
 * again; it answers each request with numbers, and ends with the last word, or when its work is done.
 */
export class Worker {
  readonly #child: ChildProcess
  readonly #answers: Numbers[] = []
  #waiting: { resolve(answer: Numbers): void; reject(error: Error): void } | undefined

  /**
   * @param job - which of the jobs in `jobs.ts`
   * @param options - the options of the job
   * @param within - a command that starts the process, if it is to be started by one
   */
  constructor(job: string, options: object, within: readonly string[] = []) {
    const program = process.argv[1] as string
    const own = [process.execPath, '--expose-gc', program, WORKER, job, JSON.stringify(options)]
    const [command = '', ...words] = [...within, ...own]
    this.#child = spawn(command, words, {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced', // NaN stays NaN
    })
    this.#child.on('message', (answer: Numbers) => {
      if (this.#waiting) this.#waiting.resolve(answer)
      else this.#answers.push(answer)
      this.#waiting = undefined
    })
    this.#child.on('exit', (code, signal) => {
      this.#waiting?.reject(new Error(`worker ${job} ended with ${code ?? signal}`))
    })
  }

  /** Its next answer. */
  next(): Promise<Numbers> {
    const answer = this.#answers.shift()
    if (answer) return Promise.resolve(answer)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** Sends it a request, a word with the numbers that it needs, and waits for the answer. */
  ask(word: string, told: Numbers = {}): Promise<Numbers> {
    this.#child.send([word, told])
    return this.next()
  }

  /** Ends it. */
  end(): void {
    this.#child.kill('SIGKILL')
  }
}

/** Runs a job in a worker, and returns its answer. */
export async function measure(job: string, options: object): Promise<Numbers> {
  const worker = new Worker(job, options)
  try {
    return await worker.next()
  } finally {
    worker.end()
  }
}
