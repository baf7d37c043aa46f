import type { UserWorkspaceConfig, ViteUserConfig } from 'vitest/config'
import everything from '../../vitest.config.ts'
import { MOCKING_FILES, SLOW_FILES } from './packages.mjs'
import { ShortestFirst } from './shortest-first.ts'

const config: ViteUserConfig = everything
const wanted = process.env['UDPNG_MUTATION_TESTS']?.split(',') ?? []
const projects = (config.test?.projects ?? []) as UserWorkspaceConfig[]

/** Milliseconds. Many mutants make a test wait for what never comes; no test that is left takes as long. */
const TIMEOUT_MS = 10_000
const ISOLATED = '-isolated'

interface Project {
  readonly name: string
  readonly config: { pool: string; isolate: boolean; maxWorkers: number }
}

const patterns = (names: readonly string[]) => names.map((name) => `**/${name}.test.ts`)

function variant(project: UserWorkspaceConfig, test: UserWorkspaceConfig['test']) {
  const timeouts = { testTimeout: TIMEOUT_MS, hookTimeout: TIMEOUT_MS }
  return { ...project, test: { ...project.test, ...timeouts, ...test } }
}

/** The test projects that a mutation run asked for, without their slow files. */
export default {
  ...config,
  test: {
    ...config.test,
    reporters: [],
    sequence: { sequencer: ShortestFirst },
    projects: projects
      .filter(({ test }) => wanted.includes(String(test?.name)))
      .flatMap((project) => [
        variant(project, { exclude: patterns([...SLOW_FILES, ...MOCKING_FILES]) }),
        variant(project, {
          name: `${project.test?.name}${ISOLATED}`,
          include: patterns(MOCKING_FILES),
        }),
      ]),
  },
  plugins: [
    {
      name: 'test-files-in-processes',
      // The runner asks for threads, but some tests look at what the whole process has open. A process serves all files of a run where
      // that is possible: to start one for each would take most of the time. There is a runner for each processor.
      configureVitest: ({ project: { name, config } }: { project: Project }) => {
        config.pool = 'forks'
        config.isolate = name.endsWith(ISOLATED)
        config.maxWorkers = 1
      },
    },
  ],
}
