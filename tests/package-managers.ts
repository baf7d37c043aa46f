import type { ExecFileOptions } from 'node:child_process'
import { root, run } from './workspace.js'

/** How long a package manager may take. It is seconds, and on a busy machine minutes. */
export const PATIENCE_MS = 600_000

/** The environment without what npx and pnpm put there for their own children. */
export const env: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([key]) => !/^(npm_.*|pnpm_.*|NODE_OPTIONS|NODE_PATH|INIT_CWD)$/i.test(key),
  ),
)

/**
 * Runs pnpm 12 (the one that runs these tests, otherwise one from npx) and returns what it printed.
 *
 * @throws what it printed, where its exit code is not 0
 */
export async function pnpm(
  args: readonly string[],
  options: ExecFileOptions = {},
): Promise<string> {
  const { stdout: version } = await run('pnpm', ['--version'])
  const [file, ...first] = version.startsWith('12.') ? ['pnpm'] : ['npx', '--yes', 'pnpm@12']
  const { code, stdout, stderr } = await run(file as string, [...first, ...args], {
    cwd: root,
    timeout: PATIENCE_MS,
    ...options,
  })
  if (code !== 0) throw new Error(`pnpm ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`)
  return stdout
}

/**
 * Runs npm (or npx) as a user does, and returns what it printed.
 *
 * @throws what it printed, where its exit code is not 0
 */
export async function npm(
  command: 'npm' | 'npx',
  args: readonly string[],
  options: ExecFileOptions,
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, {
    env,
    timeout: PATIENCE_MS,
    ...options,
  })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`)
  return stdout
}
