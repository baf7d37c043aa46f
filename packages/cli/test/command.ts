import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Running } from 'test-support'
import { Program } from 'test-support/program'
import { afterAll, beforeAll } from 'vitest'

/** The `udpng` command, as a process of its own. */
export class Udpng {
  #program: Program | undefined

  /** To be called where tests are described: it is made before them. */
  constructor() {
    beforeAll(async () => {
      this.#program = await Program.make(join(import.meta.dirname, '..'), 'bin')
    }, 60_000)
    afterAll(() => this.#program?.[Symbol.dispose]())
  }

  get program(): Program {
    if (!this.#program) throw new Error('not made yet')
    return this.#program
  }

  run(...args: string[]): Running {
    return this.program.run(...args)
  }

  onTerminal(...args: string[]): Running {
    return this.program.runOnTerminal(...args)
  }

  /** Runs one that listens, on a free port, until it says where. */
  async start(...args: string[]): Promise<{ running: Running; port: string }> {
    const running = this.run(...args)
    return { running, port: await portOf(running) }
  }
}

/** Where it listens, as it says. */
export async function portOf(running: Running): Promise<string> {
  const [, port = ''] = await running.says(/(?:on|from) \S+?:(\d+)(?=\s)/)
  return port
}

/** Skips a test, with the reason, where this machine has not got a program. */
export function needs(skip: (reason: string) => never, ...programs: string[]): void {
  for (const name of programs)
    if (spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
      skip(`${name} is not installed: this is not tested here`)
}
