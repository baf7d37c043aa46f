/*
 * A release, rehearsed: on a copy of this repository three releases are made from changesets, the last of them is published to a registry
 * on this machine, and installed from there.
 */
import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { foreignPackages } from './foreign-packages.js'
import { env, npm, PATIENCE_MS, pnpm } from './package-managers.js'
import { Registry } from './registry.js'
import { everyPackage, here, type Manifest, packages, root, run } from './workspace.js'

const names = packages.map(({ name }) => name).sort()

let work: string
let copy: string
let registry: Registry

/** What npm needs to use the registry, and nothing that is kept outside of the work folder. */
const npmEnv = (): NodeJS.ProcessEnv => ({
  ...env,
  npm_config_registry: registry.url,
  npm_config_cache: join(work, 'npm-cache'),
  npm_config_userconfig: join(work, 'npmrc'),
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
})

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: copy, encoding: 'utf8' })
}

/** Copies what git has or would add, and what was built, which a release builds as well. */
async function copyTree(): Promise<void> {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
  const built = packages.flatMap(({ directory }) =>
    ['dist', 'addon/prebuilds'].map((folder) => relative(root, join(directory, folder))),
  )
  for (const path of [...listed.split('\0').filter((each) => each !== ''), ...built]) {
    if (!existsSync(join(root, path))) continue
    await mkdir(dirname(join(copy, path)), { recursive: true })
    await cp(join(root, path), join(copy, path), { recursive: true })
  }
  git('init', '--quiet')
  git('add', '--all')
  const author = ['-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@localhost']
  git(...author, '-c', 'commit.gpgSign=false', 'commit', '--quiet', '--message', 'chore: rehearsal')
}

/** A folder of a user who has nothing yet. */
async function project(name: string): Promise<string> {
  const directory = join(work, name)
  await mkdir(directory)
  await writeFile(join(directory, 'package.json'), '{ "private": true }')
  await cp(join(here, 'consumer/datagram.mjs'), join(directory, 'datagram.mjs'))
  return directory
}

const manifestIn = async (directory: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Manifest

beforeAll(async () => {
  work = await mkdtemp(join(await realpath(tmpdir()), 'udpng-release-'))
  copy = join(work, 'copy')
  await mkdir(copy)
  registry = await Registry.open()
  await writeFile(join(work, 'npmrc'), '')
  await copyTree()
  await pnpm(['install', '--frozen-lockfile', '--prefer-offline'], { cwd: copy, env })
}, PATIENCE_MS)

afterAll(async () => {
  await registry[Symbol.asyncDispose]()
  await rm(work, { recursive: true, force: true })
}, PATIENCE_MS)

/** The versions of the three releases: what git has, a minor, a minor, a patch. */
function versionsFrom(current: string): [string, string, string] {
  const [major, minor = 0] = current.split('.').map(Number)
  return [`${major}.${minor + 1}.0`, `${major}.${minor + 2}.0`, `${major}.${minor + 2}.1`]
}

test(
  'PKG-20 a minor, a minor and a patch of one package are those of all, and no other version',
  async () => {
    const [first, second, third] = versionsFrom(packages[0]?.manifest.version ?? '')
    const rounds = [
      ['minor', first],
      ['minor', second],
      ['patch', third],
    ] as const
    for (const [type, version] of rounds) {
      const changeset = `---\n"@udpng/native": ${type}\n---\n\nWhat ${version} changes.\n`
      await writeFile(join(copy, `.changeset/rehearsal.md`), changeset)
      await pnpm(['run', 'version'], { cwd: copy, env })
      for (const { name, directory } of packages) {
        const there = join(copy, relative(root, directory))
        expect(await manifestIn(there)).toMatchObject({ name, version })
        expect(await readFile(join(there, 'CHANGELOG.md'), 'utf8')).toContain(`## ${version}\n`)
      }
      const left = await readdir(join(copy, '.changeset'))
      expect(left.sort()).toEqual(['README.md', 'config.json'])
    }
    const changelog = await readFile(join(copy, 'packages/native/CHANGELOG.md'), 'utf8')
    const order = [third, second, first].map((version) =>
      changelog.indexOf(`What ${version} changes.`),
    )
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(order).not.toContain(-1)
    for (const { directory, manifest } of everyPackage.filter((each) => each.manifest.private)) {
      const { version } = await manifestIn(join(copy, relative(root, directory)))
      expect(version).toBe(manifest.version)
    }
    // The lockfile of before is still the right one.
    await pnpm(['install', '--frozen-lockfile', '--offline'], { cwd: copy, env })
  },
  PATIENCE_MS,
)

test(
  'PKG-21 all packages are published, each once',
  async () => {
    const host = registry.url.slice('http:'.length)
    await appendFile(join(copy, '.npmrc'), `\n${host}:_authToken=${Registry.TOKEN}\n`)
    const publish = ['publish', '--recursive', '--no-git-checks', '--registry', registry.url]
    await pnpm(publish, { cwd: copy, env })
    expect(registry.published.map(({ name }) => name).sort()).toEqual(names)
    const [, , version] = versionsFrom(packages[0]?.manifest.version ?? '')
    for (const manifest of registry.published) expect(manifest).toMatchObject({ version })
    await pnpm(publish, { cwd: copy, env })
    expect(registry.published.length).toBe(names.length)
  },
  PATIENCE_MS,
)

test(
  'PKG-21 what was published is installed and runs',
  async () => {
    for (const directory of await foreignPackages()) {
      const place = await mkdtemp(join(work, 'foreign-'))
      await cp(directory, join(place, 'package'), { recursive: true })
      await run('tar', ['-czf', `${place}.tgz`, '-C', place, 'package'])
      registry.add(await manifestIn(directory), await readFile(`${place}.tgz`))
    }
    const install = async (...wanted: string[]) => {
      const directory = await project(wanted.join('+').replaceAll('/', '-'))
      await npm('npm', ['install', ...wanted], { cwd: directory, env: npmEnv() })
      const program = [join(directory, 'datagram.mjs'), wanted[0] as string]
      return run(process.execPath, program, { cwd: directory, env })
    }
    const byDgram = { code: 0, stdout: 'hello by dgram\n', stderr: '' }
    expect(await install('udpng')).toEqual(byDgram)
    expect(await install('@udpng/peers')).toEqual(byDgram)
    const addon = `packages/native/addon/prebuilds/${process.platform}-${process.arch}/udpng.node`
    const transport = existsSync(join(root, addon)) ? 'native' : 'dgram'
    const outcome = await install('udpng', '@udpng/native')
    expect(outcome).toEqual({ ...byDgram, stdout: `hello by ${transport}\n` })
  },
  PATIENCE_MS,
)

test(
  'PKG-21 npx udpng sends a datagram',
  async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const { port } = socket.address() as AddressInfo
    const arrived = once(socket, 'message')
    const cwd = await project('empty')
    await npm('npx', ['--yes', 'udpng', 'send', `127.0.0.1:${port}`, 'hello'], {
      cwd,
      env: npmEnv(),
    })
    const [data] = await arrived
    expect(String(data)).toBe('hello')
    socket.close()
  },
  PATIENCE_MS,
)
