// node memcheck.mjs: runs subject.mjs on an addon with debugging information, under valgrind's memcheck. It fails on every report
// that has a frame of the addon; what valgrind has to say of Node.js alone is counted only.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const here = import.meta.dirname
const directory = mkdtempSync(join(tmpdir(), 'udpng-memcheck-'))
const [addon, log] = ['udpng.node', 'log'].map((name) => join(directory, name))

/** Runs a program, and gives its exit status. */
function run(what, command, args, env = {}) {
  const options = { stdio: 'inherit', env: { ...process.env, ...env } }
  const { error, status } = spawnSync(command, args, options)
  if (error) throw new Error(`there is no ${what}: ${error.message}`)
  return status
}

function compile() {
  const installed = join(dirname(dirname(process.execPath)), 'include/node')
  const headers = existsSync(installed)
    ? installed
    : createRequire(import.meta.url)('node-api-headers').include_dir
  const options = ['-shared', '-fPIC', '-O1', '-g', '-std=gnu11', '-I', headers, '-o', addon]
  if (run('C compiler', 'cc', [...options, join(here, '../../addon/udpng.c')]) !== 0)
    throw new Error('the addon cannot be built')
}

/** Every report of memcheck: an error, or memory that was lost. */
function reports() {
  const text = readFileSync(log, 'utf8').replaceAll(/^==\d+== ?/gm, '')
  return text.split(/\n\s*\n/).filter((block) => /^\s+(at|by) 0x/m.test(block))
}

try {
  compile()
  const watch = ['--tool=memcheck', '--leak-check=full', '--errors-for-leak-kinds=definite']
  const jit = '--smc-check=all-non-file' // V8 writes code where code was
  const unloaded = '--keep-debuginfo=yes' // the addon is unloaded when its leaks are reported
  const options = [...watch, jit, unloaded, '--num-callers=30', `--log-file=${log}`]
  const program = [process.execPath, join(here, 'subject.mjs')]
  const env = { UDPNG_ADDON: addon }
  if (run('valgrind', 'valgrind', [...options, ...program], env) !== 0)
    throw new Error('the program that was watched failed')
  const all = reports()
  const ours = all.filter((report) => /^\s+(at|by) 0x.*\budpng\.(c|node)\b/m.test(report))
  for (const report of ours) console.error(`${report}\n`)
  console.log(
    `memcheck: ${ours.length} reports of the addon, ${all.length - ours.length} of Node.js`,
  )
  if (ours.length > 0) process.exitCode = 1
} catch (error) {
  console.error(`memcheck: ${error.message}`)
  process.exitCode = 1
} finally {
  rmSync(directory, { recursive: true })
}
