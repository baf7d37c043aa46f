import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Running } from 'test-support'
import { describe, expect, it } from 'vitest'
import { available } from './available.js'

const require = createRequire(import.meta.url)
const addon = join(import.meta.dirname, '../addon')
const SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']

/** The sanitizers' library, which has to be loaded before all else; undefined where the compiler has none. */
function library(): string | undefined {
  const { stdout } = spawnSync('cc', ['-print-file-name=libasan.so'], { encoding: 'utf8' })
  const path = stdout?.trim()
  return path && existsSync(path) ? path : undefined
}

const preload = library()

describe.skipIf(!available() || !preload || process.env['UDPNG_ADDON'])('sanitizers', () => {
  it('NAT-20 the tests of the addon, of what it sends and of what it receives, under ASan and UBSan: no report', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'udpng-sanitized-'))
    try {
      const installed = join(dirname(dirname(process.execPath)), 'include/node')
      const headers = existsSync(installed) ? installed : require('node-api-headers').include_dir
      const built = join(directory, 'udpng.node')
      const options = ['-shared', '-fPIC', '-O1', '-g', '-std=gnu11', ...SANITIZERS, '-I', headers]
      const made = spawnSync('cc', [...options, '-o', built, join(addon, 'udpng.c')], {
        encoding: 'utf8',
      })
      expect(made.stderr).toBe('')
      const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs')
      const files = ['addon', 'coalescing', 'payloads', 'conformance']
      const root = join(import.meta.dirname, '../../..')
      const environment = [
        `LD_PRELOAD=${preload}`,
        // V8 ends without giving its memory back.
        'ASAN_OPTIONS=detect_leaks=0',
        `UDPNG_ADDON=${built}`,
        'NO_COLOR=1',
      ]
      const command = [process.execPath, vitest, 'run', '--root', root, '--project', 'native']
      using run = new Running('env', [...environment, ...command, ...files])
      const { code, stdout, stderr } = await run.end
      expect(`${stdout}${stderr}`).not.toMatch(/AddressSanitizer|runtime error/)
      expect(code, stdout).toBe(0)
      expect(stdout).toMatch(/[1-9]\d+ passed, 0 failed/)
    } finally {
      rmSync(directory, { recursive: true })
    }
  }, 240_000)
})
