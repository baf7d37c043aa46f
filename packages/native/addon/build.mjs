// node build.mjs [x64] [arm64]: builds the addon for this machine, or for those that are named, with any C compiler: one
// file, no tools besides. The headers are those of Node.js where they are installed, else those of the package node-api-headers.
// Where it cannot be built, node:dgram serves: that is no failure, unless UDPNG_REQUIRE_NATIVE is set.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const sources = ['udpng.c', 'uv-poll.h'].map((name) => join(here, name))
const CROSS = { x64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' }

function headers() {
  const installed = join(dirname(dirname(process.execPath)), 'include/node')
  if (existsSync(join(installed, 'node_api.h'))) return installed
  return createRequire(import.meta.url)('node-api-headers').include_dir
}

/** Why it cannot be built; undefined when it is there. */
function build(arch) {
  if (process.platform !== 'linux') return `it is for Linux, and this is ${process.platform}`
  const output = join(here, `prebuilds/linux-${arch}/udpng.node`)
  const isFresh = (file) => statSync(file).mtimeMs < statSync(output).mtimeMs
  if (existsSync(output) && sources.every(isFresh)) return undefined
  mkdirSync(dirname(output), { recursive: true })
  const options = '-shared -fPIC -O2 -std=gnu11 -Wall -Wextra -Werror -fvisibility=hidden -s'
  const flags = [...options.split(' '), '-I', headers(), '-o', output, join(here, 'udpng.c')]
  const own = process.env.CC ? [process.env.CC] : ['cc', 'gcc', 'clang']
  for (const compiler of arch === process.arch ? own : [CROSS[arch]]) {
    const { error, status, stderr } = spawnSync(compiler, flags, { encoding: 'utf8' })
    if (!error) return status === 0 ? undefined : `${compiler}: ${stderr}`
  }
  return `there is no C compiler for ${arch}`
}

const named = process.argv.slice(2)
for (const arch of named.length > 0 ? named : [process.arch]) {
  const trouble = build(arch)
  if (!trouble) continue
  console.error(`the addon is not built for ${arch}: ${trouble}`)
  if (named.length > 0 || process.env.UDPNG_REQUIRE_NATIVE) process.exitCode = 1
}
