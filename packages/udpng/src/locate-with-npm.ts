import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { text } from 'node:stream/consumers'
import { commandFrom } from './find-command.js'

/**
 * Returns the path of npm's program when this process was started by `npx udpng` and may install packages; undefined when it was started
 * in another way, by another package manager, or with `npx --no`.
 *
 * @param env - the environment of this process, in which npm reports what it does
 * @see libnpmexec, lib/run-script.js, and @npmcli/config, lib/set-envs.js, of npm 11
 */
export function npmOfNpx(env: NodeJS.ProcessEnv): string | undefined {
  const {
    npm_execpath: npm = '',
    npm_lifecycle_event: event,
    npm_lifecycle_script: script = '',
  } = env
  const isNpx = event === 'npx' && /\budpng\b/.test(script) && /\bnpm-cli\.c?js$/.test(npm)
  // `--no` is `yes` set to false: as an environment variable, an empty text.
  return isNpx && env['npm_config_yes'] !== '' ? npm : undefined
}

/**
 * Returns the URL of the module of `@udpng/cli`, which npm downloads on first use, into the cache of npx; undefined when npm cannot, and
 * then npm has printed why.
 *
 * npm does not run the command itself: it would stay between this process and the command, and a signal to this process would end npm
 * and leave the command running.
 */
export async function locateWithNpm(npm: string, version: string): Promise<string | undefined> {
  const spec = `--package=@udpng/cli@${version}`
  const args = [npm, 'exec', '--yes', spec, '--', 'node', '-p', 'process.env.PATH']
  // Options of the npx that started this process are in the environment, and `--call` would be run again.
  const { npm_config_call: _, ...env } = process.env
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  const [path] = await Promise.all([text(child.stdout), ended(child)])
  // npm puts the folder `node_modules/.bin` of what it installed first.
  for (const bin of path.trim().split(delimiter)) {
    const found = commandFrom(bin)
    if (found) return found
  }
  return undefined
}

function ended(child: ReturnType<typeof spawn>): Promise<unknown> {
  return new Promise((resolve) => child.on('close', resolve).on('error', resolve))
}
