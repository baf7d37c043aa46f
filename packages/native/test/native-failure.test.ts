import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Program } from 'test-support/program'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { addonFile } from '../src/addon.js'
import { available } from './available.js'
import { ERRNO, type FaultyAddon, faultyAddon, strike } from './faults/faulty.js'

const found = available() && faultyAddon()
const addon = found as FaultyAddon

/** The package as a process finds it that has not used it yet, with another addon. */
async function packageWith(file: string) {
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue()
  vi.stubEnv('UDPNG_ADDON', file)
  onTestFinished(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })
  vi.resetModules()
  const { nativeTransport } = await import('../src/index.js')
  /** What is thrown; undefined where it serves. */
  const failure = (): unknown => {
    try {
      nativeTransport()
      return undefined
    } catch (error) {
      return error
    }
  }
  return Object.assign(failure, { warn, transport: nativeTransport })
}

/** The path of a file that goes with the test. */
function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'udpng-addon-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'udpng.node')
}

describe.skipIf(!found)('an addon that cannot serve', () => {
  it('NAT-30 is tried once when the kernel refuses what it needs: the same error is thrown from then on', async () => {
    const failure = await packageWith(addon.file)
    strike(`recvmmsg,any,1,1,${ERRNO.ENOSYS}`)
    const first = failure()
    expect(first).toMatchObject({ code: 'ENOSYS' })
    expect(failure()).toBe(first)
  })

  it('NAT-30 is loaded once when the system does not take it', async () => {
    const file = newFile()
    writeFileSync(file, 'not an addon')
    const failure = await packageWith(file)
    const first = failure()
    expect(first).toMatchObject({ code: 'ERR_DLOPEN_FAILED' })
    vi.stubEnv('UDPNG_ADDON', addonFile())
    expect(failure()).toBe(first)
  })

  it.each(['ENOMEM', 'ENOBUFS', 'EMFILE', 'ENFILE'] as const)(
    'NAT-31 is tried again after %s, which may pass',
    async (code) => {
      const failure = await packageWith(addon.file)
      strike(`recvmmsg,any,1,1,${ERRNO[code]}`)
      expect(failure()).toMatchObject({ code })
      expect(failure.warn).not.toHaveBeenCalled()
      for (let use = 0; use < 2; use++) expect(failure()).toBeUndefined()
      expect(failure.transport()).toBe(failure.transport())
      expect(failure.warn.mock.calls).toEqual([
        [
          `@udpng/native uses the addon that UDPNG_ADDON names: ${addon.file}`,
          { code: 'UDPNG_ADDON' },
        ],
      ])
    },
  )

  it.each<[code: string, message: string, mayPass: boolean]>([
    ['ERR_DLOPEN_FAILED', 'udpng.node: cannot open shared object file: Too many open files', true],
    ['ERR_DLOPEN_FAILED', 'udpng.node: cannot allocate memory in static TLS block', true],
    ['ERR_DLOPEN_FAILED', 'udpng.node: invalid ELF header', false],
    ['ERR_INVALID_PACKAGE_CONFIG', 'Cannot read package config: too many open files.', true],
    ['ERR_INVALID_PACKAGE_CONFIG', 'Invalid package config', false],
    ['ERR_OTHER', 'too many open files', false],
  ])('NAT-31 is loaded again after %s, %s: %s', async (code, message, mayPass) => {
    const file = newFile() // one that this process has loaded would not be loaded again
    copyFileSync(addon.file, file)
    const failure = await packageWith(file)
    const error = Object.assign(new Error(message), { code })
    vi.spyOn(process, 'dlopen').mockImplementationOnce(() => {
      throw error
    })
    expect(failure()).toBe(error)
    expect(failure()).toBe(mayPass ? undefined : error)
  })

  it('NAT-30 is named, with the machine, where there is none', async () => {
    const failure = await packageWith('/nowhere/udpng.node')
    const message = `there is no addon for ${process.platform} on ${process.arch}`
    expect(failure()).toMatchObject({ message })
    expect(failure.warn).not.toHaveBeenCalled()
  })

  it('NAT-31 is loaded again once a file can be opened', { timeout: 120_000 }, async () => {
    vi.stubEnv('UDPNG_ADDON', addonFile())
    onTestFinished(() => void vi.unstubAllEnvs())
    using program = await Program.of(
      join(import.meta.dirname, 'short-of-files-program.ts'),
      join(import.meta.dirname, '../tsconfig.json'),
    )
    using run = program.runAfter('ulimit -n 64')
    const { stdout } = await run.end
    expect(JSON.parse(stdout)).toEqual([expect.stringMatching(/too many open files/i), 'native'])
  })
})
