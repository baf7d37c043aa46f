import type { UserWorkspaceConfig, ViteUserConfig } from 'vitest/config'
import everything from '../../vitest.config.ts'

const config: ViteUserConfig = everything
const wanted = process.env['UDPNG_MUTATION_TESTS']?.split(',') ?? []
const projects = (config.test?.projects ?? []) as UserWorkspaceConfig[]

/** The test projects that a mutation run asked for, with the settings that they have in the test command. */
export default {
  ...config,
  test: {
    ...config.test,
    reporters: [],
    projects: projects.filter(({ test }) => wanted.includes(String(test?.name))),
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
