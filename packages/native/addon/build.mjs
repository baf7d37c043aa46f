// node build.mjs [x64] [arm64]: builds the addon for this machine, or for the architectures that are named, with any C compiler. The
// headers are those of Node.js where they are installed, otherwise those of the package node-api-headers, which is found where
// this is run or beside @udpng/native. Where the addon cannot be built, node:dgram serves: that is not a failure, unless an
// architecture is named or UDPNG_REQUIRE_NATIVE is set.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const sources = ['udpng.c', 'uv-poll.h', 'build.mjs'].map((name) => join(here, name))
const OPTIONS = [
  ...['-shared', '-fPIC', '-O2', '-std=gnu11', '-fvisibility=hidden', '-s'],
  ...['-Wall', '-Wextra', '-Werror'],
  // Checks of the stack and of copies at run time; the C library's symbols are bound when it is loaded, and then read-only.
  ...['-fstack-protector-strong', '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2'],
  ...['-Wl,-z,relro,-z,now', '-Wl,-z,noexecstack'],
]
const CROSS = { x64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' }

/** Where node_api.h is; undefined when it is nowhere. */
function headers() {
  const installed = join(dirname(dirname(process.execPath)), 'include/node')
  if (existsSync(join(installed, 'node_api.h'))) return installed
  for (const place of [import.meta.url, join(process.cwd(), 'package.json')])
    try {
      return createRequire(place)('node-api-headers').include_dir
    } catch {
      // it is not installed there
    }
  return undefined
}

/** Why it cannot be built; undefined when it is there. */
function build(arch) {
  if (process.platform !== 'linux') return `it is for Linux, and this is ${process.platform}`
  const output = join(here, `prebuilds/linux-${arch}/udpng.node`)
  const isFresh = (file) => statSync(file).mtimeMs < statSync(output).mtimeMs
  if (existsSync(output) && sources.every(isFresh)) return undefined
  mkdirSync(dirname(output), { recursive: true })
  const include = headers()
  if (!include) return 'node_api.h is not found; run `npm install --no-save node-api-headers` first'
  const flags = [...OPTIONS, '-I', include, '-o', output, join(here, 'udpng.c')]
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
