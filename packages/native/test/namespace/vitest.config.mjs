import workspace from '../../../../vitest.config.ts'

/** As in all tests: they wait for events, which come later on a busy machine. */
const TIMEOUT_MS = 180_000

/** The tests of this folder are run in a namespace only: no project has them. They find packages as all tests do. */
export default {
  resolve: workspace.resolve,
  ssr: workspace.ssr,
  test: { include: ['*.spec.ts'], testTimeout: TIMEOUT_MS, hookTimeout: TIMEOUT_MS },
}
