import { mkdtempSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Options } from 'tsup'
import { Running } from './running.js'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** Leaves packages that are not ours out of a bundle, by the path at which the importing source finds them. */
const foreignByPath: Plugin = {
  name: 'foreign-by-path',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      const isOurs = /udpng|^test-support/.test(path)
      if (pluginData === 'seen' || kind === 'entry-point' || isOurs || isBuiltin(path)) return null
      const found = await resolve(path, { importer, resolveDir, kind, pluginData: 'seen' })
      return found.errors.length > 0 ? null : { path: found.path, external: true }
    })
  },
}

/** How the names of the folders begin into which programs are bundled. */
const BUNDLE = '.program-'

/** A program of ours, `src/main.ts` of a folder, as a test runs it. */
export class Program implements Disposable {
  readonly #path: string
  readonly #directory: string | undefined

  private constructor(path: string, directory?: string) {
    this.#path = path
    this.#directory = directory
  }

  /**
   * Makes it of the sources of all packages, so that nothing need be built first; with UDPNG_TEST_DIST, takes what was built.
   *
   * @param entry - the file that is run: `src/main.ts`, `dist/main.js`
   */
  static async make(folder: string, entry = 'main'): Promise<Program> {
    return process.env['UDPNG_TEST_DIST']
      ? new Program(join(folder, `dist/${entry}.js`))
      : Program.of(join(folder, `src/${entry}.ts`), join(folder, 'tsconfig.json'), folder)
  }

  /**
   * Makes it of one source file, which belongs to a test; with UDPNG_TEST_DIST, on what was built of our packages.
   *
   * @param place - the folder below which it is put. Below a folder of the repository, packages that are not ours are not
   *   bundled: each is loaded from where the source that imports it finds it
   */
  static async of(file: string, tsconfig: string, place: string = tmpdir()): Promise<Program> {
    const { build } = await import('tsup')
    const outDir = mkdtempSync(join(place, BUNDLE))
    await build({
      config: false,
      silent: true,
      entry: { main: file },
      tsconfig,
      outDir,
      outExtension: () => ({ js: '.mjs' }),
      format: 'esm',
      target: 'node20',
      platform: 'node',
      removeNodeProtocol: false,
      noExternal: [/udpng/, /@opentelemetry/],
      esbuildPlugins: place === tmpdir() ? [] : [foreignByPath],
      esbuildOptions(options) {
        if (!process.env['UDPNG_TEST_DIST']) options.conditions = ['@udpng/source']
      },
    })
    return new Program(join(outDir, 'main.mjs'), outDir)
  }

  /** One that was made before, by its path; it is left there. */
  static at(path: string): Program {
    return new Program(path)
  }

  /** The file that is run. */
  get path(): string {
    return this.#path
  }

  /** Runs it with pipes for standard input and output. */
  run(...args: string[]): Running {
    return new Running(process.execPath, [this.#path, ...args], this.#environment)
  }

  /** Runs it from a shell that does something first, such as `ulimit -n 64`. */
  runAfter(first: string, ...args: string[]): Running {
    const command = [process.execPath, this.#path, ...args]
    return new Running('sh', ['-c', `${first}; exec "$@"`, 'sh', ...command], this.#environment)
  }

  /** Runs it with another program, whose arguments end with the command that it is to run. */
  runBy(launcher: string, before: readonly string[], ...args: string[]): Running {
    const command = [...before, process.execPath, this.#path, ...args]
    return new Running(launcher, command, this.#environment)
  }

  /** Runs it on a pseudo terminal; what is typed goes through it, so that `\x03` is Ctrl-C and `\x04` Ctrl-D. */
  runOnTerminal(...args: string[]): Running {
    const command = [process.execPath, this.#path, ...args].map((word) => `'${word}'`).join(' ')
    // Where a person sits, there is a terminal with colors, and no CI.
    const { CI: _, ...environment } = this.#environment
    // exec: a shell that stays, as some do, is itself ended by Ctrl-C.
    return new Running(
      'script',
      ['--quiet', '--flush', '--return', '--command', `exec ${command}`, '/dev/null'],
      { ...environment, TERM: 'xterm-256color' },
    )
  }

  /** In a bundle, basic-peer asks for the native transport from elsewhere: it is to find what it finds at home. */
  get #environment(): NodeJS.ProcessEnv {
    const { NODE_PATH: _, ...environment } = process.env // pnpm sets one, where it starts the tests
    if (!basename(dirname(this.#path)).startsWith(BUNDLE)) return environment
    const home = join(import.meta.dirname, '../../../node_modules')
    return { ...environment, NODE_PATH: home }
  }

  [Symbol.dispose](): void {
    if (this.#directory) rmSync(this.#directory, { recursive: true, force: true })
  }
}
