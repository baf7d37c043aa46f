import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Runs the files first that failed in the last run, because the next mutant is often near; then those that take the least time, because
 * the first failure ends the run of a mutant.
 */
export class ShortestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files
      .map((file) => ({ file, cost: this.#costOf(file) }))
      .sort((a, b) => a.cost - b.cost)
      .map(({ file }) => file)
  }

  #costOf({ project, moduleId }: TestSpecification): number {
    const path = relative(this.ctx.config.root, moduleId)
    const last = this.ctx.cache.getFileTestResults(`${project.name}:${path}`)
    if (!last) return Infinity
    return last.failed ? 0 : last.duration
  }
}
