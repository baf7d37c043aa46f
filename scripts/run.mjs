// node scripts/run.mjs FOLDER [arguments]: builds what the program in FOLDER needs, then runs it in this process.
// A good build says nothing, so that the program's output is all there is; standard input is left to the program.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [folder = '.', ...rest] = process.argv.slice(2)
const { name, main } = JSON.parse(readFileSync(resolve(folder, 'package.json'), 'utf8'))

const turbo = ['run', 'compile', `--filter=${name}`, '--output-logs=errors-only']
const build = spawnSync(resolve('node_modules/.bin/turbo'), turbo, {
  stdio: ['ignore', 'pipe', 'pipe'],
  encoding: 'utf8',
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  shell: process.platform === 'win32',
})
if (build.status !== 0) {
  process.stderr.write(`${build.stdout ?? ''}${build.stderr ?? ''}${build.error ?? ''}\n`)
  process.exit(build.status ?? 1)
}

const program = resolve(folder, main)
process.argv = [process.argv0, program, ...(rest[0] === '--' ? rest.slice(1) : rest)]
await import(pathToFileURL(program).href)
