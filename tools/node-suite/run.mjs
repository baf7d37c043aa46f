// Runs the dgram tests of Node.js on node:dgram, and then on @udpng/dgram, with the same node, and prints the difference.
// `pnpm run node-suite FOLDER [NODE]`: FOLDER is a checkout of nodejs/node (or of its tests) of the same version; NODE is a binary.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { exceptions } from './exceptions.mjs'

const [folder, node = process.execPath] = process.argv.slice(2)
if (!folder || !existsSync(join(folder, 'test/common'))) {
  console.error(
    'usage: pnpm run node-suite FOLDER [NODE]\nFOLDER has the tests of Node.js: FOLDER/test/parallel and others',
  )
  process.exit(2)
}

/** Time for one test: those of Node.js take a second. */
const TIMEOUT_MS = 60_000
const register = resolve('packages/dgram/dist/register.js')

const tests = ['parallel', 'sequential', 'internet'].flatMap((kind) => {
  const directory = join(folder, 'test', kind)
  return (existsSync(directory) ? readdirSync(directory) : [])
    .filter((name) => /dgram|udp/.test(name) && /\.m?js$/.test(name))
    .map((name) => join('test', kind, name))
})

/**
 * Runs one test in a process of its own.
 *
 * @param {string} test
 * @param {Record<string, string>} env
 * @returns {Promise<{ passed: boolean, how: string, output: string }>}
 */
function run(test, env) {
  const flags = /^\/\/ Flags: (.*)$/m.exec(readFileSync(join(folder, test), 'utf8'))?.[1] ?? ''
  const child = spawn(node, [...flags.split(' ').filter(Boolean), test], {
    cwd: folder,
    env: { ...process.env, NODE_TEST_KNOWN_GLOBALS: '0', ...env },
    detached: true, // so that its children end with it
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
  return new Promise((done) => {
    const timer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), TIMEOUT_MS)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      done({ passed: code === 0, how: signal ? `ended by ${signal}` : `exit ${code}`, output })
    })
  })
}

/** The same tests, one after another: some use fixed ports. */
async function runAll(env) {
  const results = new Map()
  for (const test of tests) results.set(test, await run(test, env))
  return results
}

const plain = await runAll({})
const ours = await runAll({ NODE_OPTIONS: `--require=${register}` })
const off = await runAll({ NODE_OPTIONS: `--require=${register}`, UDPNG_DGRAM: 'off' })

const passing = tests.filter((test) => plain.get(test).passed)
let unexplained = 0
for (const [name, results] of [
  ['@udpng/dgram', ours],
  ['with UDPNG_DGRAM=off', off],
]) {
  const failed = passing.filter((test) => !results.get(test).passed)
  console.log(
    `${name}: ${passing.length - failed.length} of ${passing.length} pass that pass on node:dgram`,
  )
  for (const test of failed) {
    const reason = results === ours ? exceptions[test] : undefined
    if (!reason) unexplained++
    console.log(`  ${test}: ${results.get(test).how}; ${reason ?? 'not in the list of exceptions'}`)
    if (!reason) console.log(results.get(test).output.replace(/^/gm, '    '))
  }
}
for (const test of tests.filter((test) => !plain.get(test).passed))
  console.log(`node:dgram itself fails: ${test}`)
process.exitCode = unexplained > 0 ? 1 : 0
