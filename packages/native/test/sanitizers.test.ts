import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Running } from 'test-support'
import { describe, expect, it } from 'vitest'
import { available } from './available.js'
import { compile } from './compile.js'

/** The sanitizers' library, which has to be loaded before all else; undefined where the compiler has none. */
function library(): string | undefined {
  const { stdout } = spawnSync('cc', ['-print-file-name=libasan.so'], { encoding: 'utf8' })
  const path = stdout?.trim()
  return path && existsSync(path) ? path : undefined
}

const preload = library()
const serves = available() && preload && !process.env['UDPNG_ADDON']
const sanitized = serves
  ? compile(join(import.meta.dirname, '../addon/udpng.c'), [
      '-O1',
      '-g',
      '-fsanitize=address,undefined',
      '-fno-sanitize-recover=all',
    ])
  : undefined

describe.skipIf(!sanitized)('sanitizers', () => {
  it('NAT-20 the tests of the addon, of what it sends and of what it receives, under ASan and UBSan: no report', async () => {
    const require = createRequire(import.meta.url)
    const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs')
    const root = join(import.meta.dirname, '../../..')
    const environment = [
      `LD_PRELOAD=${preload}`,
      'ASAN_OPTIONS=detect_leaks=0', // V8 ends without giving its memory back
      `UDPNG_ADDON=${sanitized}`,
      'NO_COLOR=1',
    ]
    const command = [process.execPath, vitest, 'run', '--root', root, '--project', 'native']
    const files = ['addon', 'coalescing', 'payloads', 'conformance']
    using run = new Running('env', [...environment, ...command, ...files])
    const { code, stdout, stderr } = await run.end
    expect(`${stdout}${stderr}`).not.toMatch(/AddressSanitizer|runtime error/)
    expect(code, stdout).toBe(0)
    expect(stdout).toMatch(/[1-9]\d+ passed, 0 failed/)
  }, 240_000)
})
