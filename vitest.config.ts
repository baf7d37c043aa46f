import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/**
 * Tests read the sources of the workspace packages, so nothing has to be built first. UDPNG_TEST_DIST=1 tests
 * what was built instead. The tests in `tests/` are about what was built in any case.
 */
const conditions = [
  ...(process.env['UDPNG_TEST_DIST'] ? [] : ['@udpng/source']),
  'module',
  'node',
  'development|production',
]

/** A test waits for events; on a machine that is ten times slower they come later. */
const TIMEOUT_MS = 180_000

/** The tests of what is published install packages and run whole builds; those of reliability try very many inputs. */
const SLOW_TIMEOUT_MS = process.env['UDPNG_LONG'] ? 3_600_000 : 600_000

const timeoutOf = (name: string) =>
  ['packaging', 'reliability'].includes(name) ? SLOW_TIMEOUT_MS : TIMEOUT_MS

/** One project for every folder in `parent` that has a `test` folder: "core", "example-echo-server", ... */
function projects(parent: string, prefix = '') {
  const directory = join(import.meta.dirname, parent)
  return readdirSync(directory)
    .filter((folder) => existsSync(join(directory, folder, 'test')))
    .map((folder) => ({
      extends: true as const,
      root: join(directory, folder),
      test: {
        name: `${prefix}${folder}`,
        include: ['test/**/*.test.ts'],
        globalSetup: ['test/global-setup.ts'].filter((file) =>
          existsSync(join(directory, folder, file)),
        ),
        testTimeout: timeoutOf(`${prefix}${folder}`),
        hookTimeout: timeoutOf(`${prefix}${folder}`),
      },
    }))
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    reporters: ['default', './scripts/closing-line.ts'],
    // No test looks at time, so none needs the machine for itself.
    maxWorkers: availableParallelism(),
    coverage: { include: ['packages/*/src/**'] },
    projects: [
      ...projects('packages'),
      ...projects('testing'),
      ...projects('examples', 'example-'),
      ...projects('.'), // bench
      {
        extends: true as const,
        root: join(import.meta.dirname, 'tests'),
        test: {
          name: 'packaging',
          include: ['*.test.ts'],
          isolate: false,
          testTimeout: timeoutOf('packaging'),
          hookTimeout: timeoutOf('packaging'),
        },
      },
    ],
  },
})
