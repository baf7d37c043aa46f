import { defineConfig, type Options } from 'tsup'

const shared: Options = {
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  dts: false, // tsc writes the .d.ts files: see tsconfig.build.json
  sourcemap: false, // the JavaScript is not minified; maps with their sources would be half of what is installed
  removeNodeProtocol: false, // 'node:dgram' stays 'node:dgram'
  clean: true,
  splitting: true, // entries share chunks, so a class exists once
}

type Config = ReturnType<typeof defineConfig>

/** A published package: `src/index.ts`, and one more entry for each subpath it exports. */
export function library(subpaths: readonly string[] = []): Config {
  return defineConfig({
    ...shared,
    entry: ['index', ...subpaths].map((name) => `src/${name}.ts`),
  })
}

/** A runnable program: `src/main.ts`. */
export const program: Config = defineConfig({ ...shared, entry: ['src/main.ts'] })
