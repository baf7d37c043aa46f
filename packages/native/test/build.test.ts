import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { has } from 'test-support'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { addonFile } from '../src/addon.js'
import { available } from './available.js'

/** The lowest version of glibc that README.md says is enough. */
const GLIBC = 2.17
const folder = join(import.meta.dirname, '../addon')
const serves = available() && !process.env['UDPNG_ADDON']

function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): string {
  const { error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env })
  if (error) throw error
  return stdout + stderr
}

/** A folder with a copy of what builds the addon, beside nothing else. */
function copy(): string {
  const place = mkdtempSync(join(tmpdir(), 'udpng-build-'))
  onTestFinished(() => rmSync(place, { recursive: true }))
  for (const name of ['build.mjs', 'udpng.c', 'uv-poll.h'])
    cpSync(join(folder, name), join(place, name))
  return place
}

describe.skipIf(!serves || !has('readelf'))('the addon as a file', () => {
  const elf = (...options: string[]): string => run('readelf', [...options, '--wide', addonFile()])

  it('NAT-26 binds what it needs when it is loaded, and then cannot be made to call anything else', () => {
    expect(elf('--dynamic')).toMatch(/FLAGS.*\bBIND_NOW\b|FLAGS_1.*\bNOW\b/)
    expect(elf('--segments')).toMatch(/GNU_RELRO/)
  })

  it('NAT-26 has no executable stack', () => {
    const [, flags] = /GNU_STACK(?:\s+0x\w+){5}\s+(\S+)/.exec(elf('--segments')) ?? []
    expect(flags).toBe('RW')
  })

  it('NAT-26 checks its stack and its copies at run time', () => {
    const symbols = elf('--dyn-syms')
    expect(symbols).toContain('__stack_chk_fail')
    expect(symbols).toMatch(/__\w+_chk\b(?!_fail)/)
  })

  it(`NAT-27 needs glibc ${GLIBC} at most`, () => {
    const needed =
      elf('--version-info')
        .match(/(?<=GLIBC_2\.)\d+/g)
        ?.map(Number) ?? []
    expect(needed.length).toBeGreaterThan(0)
    expect(Math.max(...needed)).toBeLessThanOrEqual(Number(`${GLIBC}`.split('.')[1]))
  })
})

describe.skipIf(!serves || !has('cc'))('building the addon', () => {
  it('NAT-28 needs a C compiler and the headers of Node.js only, wherever the files are', () => {
    const place = copy()
    // The headers of this Node.js, or those that stand beside the package, given as npm would.
    const env = { ...process.env, UDPNG_REQUIRE_NATIVE: '1' }
    const said = spawnSync(process.execPath, [join(place, 'build.mjs')], {
      encoding: 'utf8',
      env,
      cwd: join(folder, '..'),
    })
    expect([said.stderr, said.status]).toEqual(['', 0])
    expect(existsSync(join(place, `prebuilds/linux-${process.arch}/udpng.node`))).toBe(true)
  })

  it('NAT-28 says what to install where there are no headers', () => {
    const place = copy()
    // A Node.js without headers beside it, in a folder without packages.
    cpSync(process.execPath, join(place, 'node'))
    const env = { ...process.env, UDPNG_REQUIRE_NATIVE: '1', NODE_PATH: '' }
    const { stderr, status } = spawnSync(join(place, 'node'), [join(place, 'build.mjs')], {
      encoding: 'utf8',
      env,
      cwd: place,
    })
    expect(stderr).toMatch(/not built for \w+: .*npm install --no-save node-api-headers/)
    expect(status).toBe(1)
  })
})

describe.skipIf(!serves)('UDPNG_ADDON', () => {
  it('NAT-29 the addon that it names is used, and a warning with the code UDPNG_ADDON names the file, once', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue()
    process.env['UDPNG_ADDON'] = addonFile()
    onTestFinished(() => {
      delete process.env['UDPNG_ADDON']
      vi.restoreAllMocks()
    })
    vi.resetModules()
    const { nativeTransport } = await import('../src/index.js')
    expect(nativeTransport()).toBe(nativeTransport())
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining(`UDPNG_ADDON names: ${addonFile()}`), { code: 'UDPNG_ADDON' }],
    ])
  })

  it('NAT-29 without it there is no warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue()
    onTestFinished(() => void vi.restoreAllMocks())
    vi.resetModules()
    const { nativeTransport } = await import('../src/index.js')
    nativeTransport()
    expect(warn).not.toHaveBeenCalled()
  })
})
