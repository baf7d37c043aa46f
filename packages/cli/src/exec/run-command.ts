import { spawn } from 'node:child_process'
import { UsageError } from '../failure.js'

/** The signals that are passed on to the command. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const

/** How the command ended: one of both. */
export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/**
 * Runs a command to its end, on the terminal of this one. Signals are passed on to it.
 *
 * @throws {UsageError} if it cannot be started
 */
export async function runCommand(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<End> {
  const child = spawn(name, args, { stdio: 'inherit', env })
  const pass = (signal: NodeJS.Signals): void => {
    // Ctrl-C goes to all processes of a terminal.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of SIGNALS) process.on(signal, pass)
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', ({ code, message }: NodeJS.ErrnoException) => {
        const why = code === 'ENOENT' ? 'there is no such command' : message
        reject(new UsageError(`cannot run ${name}: ${why}`))
      })
      child.on('exit', (code, signal) => resolve({ code, signal }))
    })
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass)
  }
}
