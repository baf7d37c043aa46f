import { type ExecFileOptions, execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** This folder: every package of the workspace resolves from here, as built. */
export const here = join(root, 'tests')

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly sideEffects?: boolean
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}

export interface Package {
  readonly name: string
  readonly directory: string
  readonly manifest: Manifest
  /** What can be imported: `@udpng/peers`, `@udpng/peers/udp-sender`, ... */
  readonly entries: readonly string[]
}

function read(directory: string): Package {
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest
  const entries = Object.keys(manifest.exports)
    .filter((key) => key !== './package.json')
    .map((key) => manifest.name + key.slice(1))
  return { name: manifest.name, directory, manifest, entries }
}

/** Every package under `packages/` and `testing/`, the private ones too. */
export const everyPackage: readonly Package[] = ['packages', 'testing']
  .flatMap((parent) => readdirSync(join(root, parent)).map((folder) => join(root, parent, folder)))
  .filter((directory) => existsSync(join(directory, 'package.json')))
  .map(read)

/** The packages that are published. */
export const packages: readonly Package[] = everyPackage.filter((p) => !p.manifest.private)

/** The manifests of all packages that pnpm links, programs included. */
export const workspace: readonly Manifest[] = ['packages', 'testing', 'examples', 'tools', '.']
  .flatMap((parent) => readdirSync(join(root, parent)).map((folder) => join(root, parent, folder)))
  .map((directory) => join(directory, 'package.json'))
  .filter((file) => existsSync(file))
  .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Manifest)

/** All files below a folder whose name ends so, in order; none when the folder is missing. */
export function files(directory: string, ending: string): string[] {
  return existsSync(directory) ? [...filesBelow(directory, ending)].sort() : []
}

/**
 * Links are not followed: those of the workspace lead in a circle, and what a recursive `readdir` does differs. Programs that
 * other tests make, and remove at any time, are left out.
 */
function* filesBelow(directory: string, ending: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.name.startsWith('.program-')) continue
    const path = join(directory, entry.name)
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* filesBelow(path, ending)
    else if (entry.isFile() && path.endsWith(ending)) yield path
  }
}

export interface Outcome {
  /** The exit code; -1 when it was killed, by the timeout or by another signal. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, standard input being empty. Never rejects: look at `code`. */
export function run(
  file: string,
  args: readonly string[],
  options: ExecFileOptions = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { cwd: here, timeout: 600_000, maxBuffer: 1 << 26, ...options, encoding: 'utf8' },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        resolve({ code, stdout, stderr: code === -1 ? `${stderr}${error}` : stderr })
      },
    )
    child.stdin?.end()
  })
}
