import { spawnSync } from 'node:child_process'
import type { Running } from 'test-support'
import { Program } from 'test-support/program'
import { inject } from 'vitest'

/** The `udpng` command, as a process of its own. It was made before all tests, see `global-setup.ts`. */
export class Udpng {
  readonly program: Program = Program.at(inject('udpng'))

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
