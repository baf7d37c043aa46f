import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'esbuild'
import { here, packages } from './workspace.js'

export interface Bundle {
  readonly text: string
  /** Minified, bytes. */
  readonly bytes: number
  /** Minified and compressed by gzip at level 9, bytes. */
  readonly gzipBytes: number
}

/** What our packages need that is not ours: it is not their size. */
const foreign = packages
  .flatMap(({ manifest }) =>
    Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
  )
  .filter((name) => !name.includes('udpng'))

/** Forgets that the packages promise to have no side effects: then only what a bundler can prove goes away. */
const withoutPromise: Plugin = {
  name: 'without-promise',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /.*/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === 'seen' || kind === 'entry-point') return undefined
      // what a command asks for when it runs is not there before
      if (kind === 'dynamic-import') return { path, external: true }
      const found = await resolve(path, { importer, resolveDir, kind, pluginData: 'seen' })
      return found.external ? found : { path: found.path, sideEffects: true }
    })
  },
}

/**
 * What a consumer's bundler (esbuild, minifying, for Node.js) makes of a program that uses the built packages.
 *
 * @param options.trust - take the packages' `sideEffects: false` at its word (default true)
 */
export async function bundle(program: string, { trust = true } = {}): Promise<Bundle> {
  const result = await build({
    stdin: { contents: program, resolveDir: here },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: foreign,
    write: false,
    logLevel: 'error',
    logOverride: { 'ignored-bare-import': 'silent' },
    plugins: trust ? [] : [withoutPromise],
  })
  const text = result.outputFiles[0]?.text ?? ''
  const bytes = Buffer.byteLength(text)
  return { text, bytes, gzipBytes: bytes === 0 ? 0 : gzipSync(text, { level: 9 }).length }
}
