import workspace from '../../../../vitest.config.ts'

/** The tests of this folder are run in a namespace only: no project has them. They find packages as all tests do. */
export default {
  resolve: workspace.resolve,
  ssr: workspace.ssr,
  test: { include: ['*.spec.ts'] },
}
