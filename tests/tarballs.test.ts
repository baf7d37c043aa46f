import { type ExecFileOptions, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { Running } from 'test-support'
import type TypeScript from 'typescript-5.9'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { foreignPackages } from './foreign-packages.js'
import { env, pnpm } from './package-managers.js'
import { Registry } from './registry.js'
import { files, here, type Manifest, packages, root, run } from './workspace.js'

// Packed once, installed once into a project that has never seen this repository; all tests look at that.
let work: string
let project: string
const tarballs = new Map<string, Buffer>()
const entries = packages.flatMap((p) => p.entries)
/** The addon, where it could be built. */
const addonFile = join(
  root,
  `packages/native/addon/prebuilds/${process.platform}-${process.arch}/udpng.node`,
)

/** What a published manifest may have in addition to its version and dependencies. */
const FIELDS = [
  ...['name', 'description', 'keywords', 'license', 'homepage', 'bugs', 'repository'],
  ...['type', 'sideEffects', 'engines', 'exports', 'bin', 'peerDependenciesMeta'],
  ...['files', 'publishConfig'], // npm publishes them too
]

/** Addons that load, and are none that serves. The first one has the form of before Node-API, with a version. */
const LONG_AGO = `
  static struct { int version; unsigned flags; const void *rest[7]; } module = {.version = 11};
  void node_module_register(void *module);
  __attribute__((constructor)) static void load(void) { node_module_register(&module); }`
const EMPTY = 'void *napi_register_module_v1(void *env, void *exports) { return exports; }'

/** A library made of this source; undefined where there is no C compiler. */
async function library(source: string): Promise<string | undefined> {
  const file = join(await mkdtemp(join(work, 'library-')), 'library.node')
  await writeFile(`${file}.c`, source)
  const { error, status } = spawnSync('cc', ['-shared', '-fPIC', '-o', file, `${file}.c`])
  if (!error) expect(status).toBe(0)
  return error ? undefined : file
}

/** The addon with another number where ELF has the processor; undefined where it could not be built. */
async function otherProcessor(): Promise<string | undefined> {
  if (!existsSync(addonFile)) return undefined
  const bytes = await readFile(addonFile)
  const [x64, arm64] = [62, 183]
  bytes.writeUInt16LE(process.arch === 'x64' ? arm64 : x64, 18)
  const file = join(work, 'other.node')
  await writeFile(file, bytes)
  return file
}

/**
 * What this TypeScript says about the consumer's program and about our declarations that it uses. Unlike `tsc`, it
 * leaves out those of Node.js, which take most of the time.
 */
async function diagnose(version: string): Promise<string> {
  const { default: ts }: { default: typeof TypeScript } = await import(`typescript-${version}`)
  const { config } = ts.readConfigFile(join(project, 'tsconfig.json'), ts.sys.readFile)
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, project)
  const program = ts.createProgram(fileNames, options)
  const ours = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(project))
  const diagnostics = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...program.getSyntacticDiagnostics(),
    ...ours.flatMap((file) => program.getSemanticDiagnostics(file)),
  ]
  return ts.formatDiagnostics(diagnostics, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => project,
    getNewLine: () => '\n',
  })
}

beforeAll(async () => {
  work = await mkdtemp(join(await realpath(tmpdir()), 'udpng-packaging-'))
  project = join(work, 'project')
  const filters = packages.flatMap(({ name }) => ['--filter', name])
  await pnpm(['--recursive', ...filters, 'pack', '--pack-destination', work])
  for (const { name, manifest } of packages) {
    const file = `${name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`
    tarballs.set(name, await readFile(join(work, file)))
  }

  await cp(join(here, 'consumer'), project, { recursive: true })
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }')
  // What is not ours and ours needs, taken from this repository: so nothing has to be downloaded.
  for (const directory of await foreignPackages()) {
    const copy = await mkdtemp(join(work, 'foreign-'))
    await cp(directory, join(copy, 'package'), { recursive: true })
    const outcome = await run('tar', ['-czf', `${copy}.tgz`, '-C', copy, 'package'])
    if (outcome.code !== 0) throw new Error(outcome.stderr)
  }
  const files = (await readdir(work)).filter((name) => name.endsWith('.tgz'))
  // Peer dependencies that are not ours stay with the project: fast-check and vitest are linked below.
  const quiet = [
    ...['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    '--legacy-peer-deps',
  ]
  const install = ['install', ...quiet, ...files.map((name) => join(work, name))]
  const outcome = await run('npm', install, { cwd: project, env })
  if (outcome.code !== 0) throw new Error(outcome.stdout + outcome.stderr)
  await mkdir(join(project, 'node_modules/@types'))
  await symlink(
    join(root, 'node_modules/@types/node'),
    join(project, 'node_modules/@types/node'),
    'junction',
  )
  const check = await realpath(join(root, 'packages/simulation/node_modules/fast-check'))
  await symlink(check, join(project, 'node_modules/fast-check'), 'junction')
  const vitest = await realpath(join(root, 'node_modules/vitest'))
  await symlink(vitest, join(project, 'node_modules/vitest'), 'junction')
})

afterAll(() => rm(work, { recursive: true, force: true }))

describe.each(packages)('$name, packed', ({ name }) => {
  test('PKG-03 publint finds nothing', async () => {
    const data = tarballs.get(name) as Buffer
    const tarball = new Uint8Array(data).buffer
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
  })

  test('PKG-03 the types are those of the ES module, for Node.js and for bundlers', async () => {
    const data = tarballs.get(name) as Buffer
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(data)))
    if (analysis.types === false) throw new Error('no types')
    // ES modules only: what CommonJS and the resolution of Node.js 10 would see is another matter
    const ignored = new Set<string>(['node10', 'node16-cjs'])
    const problems = analysis.problems.filter(
      (problem) => !('resolutionKind' in problem && ignored.has(problem.resolutionKind)),
    )
    expect(problems).toEqual([])
  })

  test('PKG-03 holds the licence and what was built, and none of the sources', async () => {
    const directory = join(project, 'node_modules', name)
    const names = await readdir(directory)
    expect(names).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist', 'package.json']))
    expect(names).not.toContain('src')
  })

  test('PKG-24 its manifest has what users need, and nothing that only development does', async () => {
    const text = await readFile(join(project, 'node_modules', name, 'package.json'), 'utf8')
    expect(text).not.toContain('@udpng/source')
    expect(text).not.toContain('workspace:')
    const { version, dependencies, peerDependencies, ...others } = JSON.parse(text) as Manifest
    expect(FIELDS).toEqual(expect.arrayContaining(Object.keys(others)))
    const needs = Object.entries({ ...dependencies, ...peerDependencies })
    const internal = needs.filter(([each]) => packages.some((p) => p.name === each))
    expect(internal).toEqual(internal.map(([each]) => [each, `^${version}`]))
  })
})

describe('in a fresh project', () => {
  const steps = `
    const pipeline = new Pipeline(new DataSource(['one', 'two']), new Transformer((s) => s.toUpperCase()))
    const running = pipeline.run()
    for await (const message of messages(pipeline.outbox)) console.log(message)
    await running
  `
  const expected = { code: 0, stdout: 'ONE\nTWO\n', stderr: '' }

  test('PKG-03 a pipeline runs in an ES module', async () => {
    const program = `import { DataSource, messages, Pipeline, Transformer } from 'udpng'\n${steps}`
    await writeFile(join(project, 'pipeline.mjs'), program)
    const options = { cwd: project, env }
    expect(await run(process.execPath, ['pipeline.mjs'], options)).toEqual(expected)
  })

  test('PKG-03 a pipeline runs in CommonJS, by require()', async () => {
    const program = `
      const { DataSource, messages, Pipeline, Transformer } = require('udpng')
      async function main() { ${steps} }
      main()
    `
    await writeFile(join(project, 'pipeline.cjs'), program)
    const options = { cwd: project, env }
    expect(await run(process.execPath, ['pipeline.cjs'], options)).toEqual(expected)
  })

  test('PKG-03 require() gives the very module that import gives, for every entry', async () => {
    const program = `
      async function main() {
        for (const entry of ${JSON.stringify(entries)}) {
          const required = require(entry)
          const imported = await import(entry)
          for (const key of Object.keys(imported)) {
            if (required[key] !== imported[key]) throw new Error(entry + ' ' + key)
          }
          console.log(entry)
        }
      }
      main()
    `
    await writeFile(join(project, 'entries.cjs'), program)
    expect(await run(process.execPath, ['entries.cjs'], { cwd: project, env })).toEqual({
      code: 0,
      stdout: `${entries.join('\n')}\n`,
      stderr: '',
    })
  })

  describe('datagrams flow', () => {
    const program = `
      import { readFileSync } from 'node:fs'
      import { DataSource, messages, Pipeline, UDPReceiver, UDPSender } from 'udpng'
      const stop = new AbortController()
      const receiver = new UDPReceiver({ localAddr: '127.0.0.1' })
      const arrived = messages(receiver.outbox)
      const receiving = receiver.run({ signal: stop.signal })
      await receiver.bound
      const [receiverAddr, receiverPort] = receiver.address
      await new Pipeline(new DataSource(['hello']), new UDPSender({ receiverAddr, receiverPort })).run()
      for await (const [data] of arrived) {
        console.log(String(data), readFileSync('/proc/self/maps').includes('udpng.node'))
        break
      }
      stop.abort()
      await receiving
    `
    const outcome = async (more: NodeJS.ProcessEnv = {}) => {
      await writeFile(join(project, 'datagrams.mjs'), program)
      const options = { cwd: project, env: { ...env, ...more } }
      return run(process.execPath, ['datagrams.mjs'], options)
    }

    test.skipIf(!existsSync(addonFile))(
      'NAT-01 with @udpng/native installed: found by itself',
      async () => {
        expect(await outcome()).toEqual({ code: 0, stdout: 'hello true\n', stderr: '' })
        const without = await outcome({ UDPNG_TRANSPORT: 'dgram' })
        expect(without).toEqual({ code: 0, stdout: 'hello false\n', stderr: '' })
      },
    )

    test('NAT-02 with an addon that does not load: one line of debugging, and node:dgram', async () => {
      const place = join(project, 'node_modules/@udpng/native/addon/prebuilds')
      await rename(place, `${place}.aside`).catch(() => {})
      const broken = join(place, `${process.platform}-${process.arch}`)
      await mkdir(broken, { recursive: true })
      await writeFile(join(broken, 'udpng.node'), 'no addon')
      try {
        expect(await outcome()).toEqual({ code: 0, stdout: 'hello false\n', stderr: '' })
        const { stdout, stderr } = await outcome({ NODE_DEBUG: 'udpng' })
        expect(stdout).toBe('hello false\n')
        // Each of the two peers looks for it.
        expect(stderr.match(/no native transport: .*/g)?.length).toBe(2)
      } finally {
        await rm(place, { recursive: true })
        await rename(`${place}.aside`, place).catch(() => {})
      }
    })

    test.for([
      ['that is not there', () => join(work, 'nowhere.node')],
      ['that is a folder', () => project],
      ['for another processor', otherProcessor],
      ['that registers nothing', () => library('int nothing;')],
      ['that registers for a Node.js of long ago', () => library(LONG_AGO)],
      ['that has none of the functions', () => library(EMPTY)],
    ] as const)(
      'NAT-02 with an addon %s: one line of debugging, and node:dgram',
      async ([, make], { skip }) => {
        const file = await make()
        if (file === undefined) return skip('there is no C compiler')
        expect(await outcome({ UDPNG_ADDON: file })).toEqual({
          code: 0,
          stdout: 'hello false\n',
          stderr: '',
        })
        const { stdout, stderr } = await outcome({ UDPNG_ADDON: file, NODE_DEBUG: 'udpng' })
        expect(stdout).toBe('hello false\n')
        expect(stderr.match(/no native transport: .*/g)?.length).toBe(2)
      },
    )

    test('PKG-05 with no @udpng/native installed', async () => {
      const place = join(project, 'node_modules/@udpng/native')
      await rename(place, join(project, 'native.aside'))
      try {
        expect(await outcome()).toEqual({ code: 0, stdout: 'hello false\n', stderr: '' })
      } finally {
        await rename(join(project, 'native.aside'), place)
      }
    })
  })

  test('PKG-26 a transport is tested with the suite of @udpng/transport-tests', async () => {
    const program = `
      import { dgramTransport } from '@udpng/basic-peer'
      import { describeTransportContract } from '@udpng/transport-tests'
      const supports = { system: false, reusePort: false, blocks: false }
      describeTransportContract(dgramTransport, 4, supports)
    `
    await writeFile(join(project, 'transport.test.mjs'), program)
    const vitest = join(project, 'node_modules/vitest/vitest.mjs')
    const args = [vitest, 'run', '--root', project, '--reporter=json', '--test-timeout=180000']
    // A run of vitest takes itself for a part of this one if it sees the variables of this one.
    const own = Object.entries(env).filter(([name]) => !name.startsWith('VITEST'))
    const options = { cwd: project, env: Object.fromEntries(own) }
    const { code, stdout, stderr } = await run(process.execPath, args, options)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { numFailedTests, numPassedTests } = JSON.parse(stdout)
    expect(numFailedTests).toBe(0)
    expect(numPassedTests).toBeGreaterThan(20)
  })

  describe('the command', () => {
    const options = (): ExecFileOptions => ({ cwd: project, env })

    test('CLI-26 npx udpng', async () => {
      const outcome = await run('npx', ['--no', '--', 'udpng', '--version'], options())
      expect(outcome).toEqual({
        code: 0,
        stdout: `${packages.find(({ name }) => name === 'udpng')?.manifest.version}\n`,
        stderr: '',
      })
    })

    test.each(['udpng', '@udpng/cli'])('CLI-26 the bin of %s, as it was packed', async (name) => {
      const bin = join(project, 'node_modules', name, 'dist/bin.js')
      const help = await run(process.execPath, [bin, '--help'], options())
      expect(help.stdout).toContain('Usage: udpng ')
      const said = await run(
        process.execPath,
        [bin, 'bench', '--for', '50ms', '--size', '64', '--json'],
        options(),
      )
      expect(said).toMatchObject({ code: 0, stderr: '' })
      const [result] = JSON.parse(said.stdout)
      expect(result).toMatchObject({ transport: 'dgram', bytes: 64, burst: { sent: 10_000 } })
      expect(result.throughput.received).toBeGreaterThan(0)
    })
  })

  describe('from a registry', { timeout: 240_000 }, () => {
    /** What is published: the registry has all of it, also what is not ours. */
    let registry: Registry
    let empty: string

    /** npm as a user has it: its own cache and settings, and this registry. */
    const npmEnv = (): NodeJS.ProcessEnv => ({
      ...env,
      npm_config_registry: registry.url,
      npm_config_cache: join(work, 'npm-cache'),
      npm_config_userconfig: join(work, 'no-npmrc'),
      npm_config_update_notifier: 'false',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
    })
    const options = (): ExecFileOptions => ({ cwd: empty, env: npmEnv() })

    beforeAll(async () => {
      const files = (await readdir(work)).filter((name) => name.endsWith('.tgz'))
      registry = await Registry.serve(work, files)
      empty = join(work, 'empty')
      await mkdir(empty)
      await writeFile(join(empty, 'package.json'), '{ "private": true }')
    })
    afterAll(() => registry[Symbol.asyncDispose]())

    test('GFL-08 udpng alone: the library, at most 1 MB, and no package of others', async () => {
      const outcome = await run('npm', ['install', 'udpng'], options())
      expect(outcome).toMatchObject({ code: 0 })
      const modules = join(empty, 'node_modules')
      const names = (await readdir(modules)).filter((name) => !name.startsWith('.'))
      expect(names.sort()).toEqual(['@udpng', 'udpng'])
      const library = ['basic-peer', 'chassis', 'console', 'core', 'datagram', 'flow', 'peers']
      expect((await readdir(join(modules, '@udpng'))).sort()).toEqual(library)
      const bytes = files(modules, '').reduce((sum, file) => sum + statSync(file).size, 0)
      expect(bytes).toBeLessThanOrEqual(1_000_000)
      const program = "console.log(typeof (await import('udpng')).UDPSender)"
      const args = ['--input-type=module', '--eval', program]
      const imported = await run(process.execPath, args, options())
      expect(imported).toEqual({ code: 0, stdout: 'function\n', stderr: '' })
    })

    test('GFL-10 its command, installed without @udpng/cli, says what to install', async () => {
      const expected = {
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^udpng: the command is in the package @udpng\/cli, which is not installed; run npx @udpng\/cli@\d+\.\d+\.\d+, or install it:\n {2}in a project: {2}npm install @udpng\/cli\n {2}globally: .*\n$/,
        ),
      }
      const bin = join(empty, 'node_modules/.bin/udpng')
      expect(await run(bin, ['--version'], options())).toEqual(expected)
      expect(await run('npx', ['--no', '--', 'udpng', '--version'], options())).toEqual(expected)
      expect(registry.downloads).not.toContain('@udpng/cli')
    })

    test.each([
      ['where nothing is installed', 'nowhere', ['--yes', 'udpng', '--version']],
      ['where udpng is installed', 'empty', ['udpng', '--version']],
      ['with --package', 'nowhere', ['--yes', '--package', 'udpng', 'udpng', '--version']],
      ['with --call', 'nowhere', ['--yes', '--package', 'udpng', '--call', 'udpng --version']],
    ])('GFL-09 npx udpng %s runs the command, and says so', async (_, folder, args) => {
      const cwd = join(work, folder)
      await mkdir(cwd, { recursive: true })
      const outcome = await run('npx', args, { ...options(), cwd })
      const { version } = packages.find(({ name }) => name === '@udpng/cli')?.manifest ?? {}
      expect(outcome).toEqual({
        code: 0,
        stdout: `${version}\n`,
        stderr: `udpng: the command is in another package; running npx @udpng/cli@${version}\n`,
      })
      expect(registry.downloads).toContain('@udpng/cli')
    })

    test('GFL-09 its exit code, its standard input and output, and signals are those of the command', async () => {
      const wrong = await run('npx', ['udpng', 'nonsense'], options())
      expect(wrong).toMatchObject({ code: 2, stdout: '' })
      // A session of its own: its leader is npx, and all that npx starts is in its group.
      const command = ['npx', 'udpng', 'listen', '127.0.0.1:0']
      using running = new Running('setsid', command, npmEnv(), empty)
      await running.says(/on 127\.0\.0\.1:\d+/, 600_000)
      process.kill(-(running.pid as number), 'SIGINT') // as a terminal does
      const { stderr } = await running.end
      expect(stderr).toMatch(/\nudpng: 0 datagrams received.*\n/)
    })

    test('GFL-11 with @udpng/cli beside it, nothing is downloaded to run the command', async () => {
      expect(await run('npm', ['install', '@udpng/cli'], options())).toMatchObject({ code: 0 })
      const before = registry.downloads.length
      for (const name of ['udpng/dist/bin.js', '@udpng/cli/dist/bin.js']) {
        const bin = join(empty, 'node_modules', name)
        const outcome = await run(process.execPath, [bin, '--version'], options())
        expect(outcome).toMatchObject({ code: 0, stderr: '' })
      }
      const outcome = await run('npx', ['--no', '--', 'udpng', '--version'], options())
      expect(outcome).toMatchObject({ code: 0, stderr: '' })
      expect(registry.downloads.length).toBe(before)
    })
  })

  test.each(['5.9', '6.0'])(
    'PKG-03 a strict program compiles with TypeScript %s',
    async (version) => {
      expect(await diagnose(version)).toBe('')
    },
  )

  test('PKG-03 a strict program compiles with TypeScript 7.0', async () => {
    const tsc = join(here, 'node_modules/typescript-7.0/bin/tsc')
    const outcome = await run(process.execPath, [tsc, '--pretty', 'false'], { cwd: project, env })
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})
