import type { UserWorkspaceConfig, ViteUserConfig } from 'vitest/config'
import everything from '../../vitest.config.ts'
import { SLOW_FILES } from './packages.mjs'
import { ShortestFirst } from './shortest-first.ts'

const config: ViteUserConfig = everything
const wanted = process.env['UDPNG_MUTATION_TESTS']?.split(',') ?? []
const projects = (config.test?.projects ?? []) as UserWorkspaceConfig[]

/** Milliseconds. Many mutants make a test wait for what never comes, and none of these tests takes a tenth of it. */
const TIMEOUT_MS = 5000

/** The test projects that a mutation run asked for, without their slow files. */
export default {
  ...config,
  test: {
    ...config.test,
    reporters: [],
    sequence: { sequencer: ShortestFirst },
    projects: projects
      .filter(({ test }) => wanted.includes(String(test?.name)))
      .map((project) => ({
        ...project,
        test: {
          ...project.test,
          exclude: SLOW_FILES.map((file) => `**/${file}.test.ts`),
          testTimeout: TIMEOUT_MS,
          hookTimeout: TIMEOUT_MS,
        },
      })),
  },
  plugins: [
    {
      name: 'test-files-in-processes',
      // The runner asks for threads, but some tests look at what the whole process has open. A process serves all files of a run:
      // to start one for each would take most of the time.
      configureVitest: ({
        project,
      }: {
        project: { config: { pool: string; isolate: boolean } }
      }) => {
        project.config.pool = 'forks'
        project.config.isolate = false
      },
    },
  ],
}
