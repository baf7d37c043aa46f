import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Runs the files first that take the least time, because the first failure ends the run of a mutant. A file counts with the longest
 * time that it has taken: a run that ended at its first failure says little.
 */
export class ShortestFirst extends BaseSequencer {
  /** Of all runs: Vitest makes a sequencer for each. */
  static readonly #longest = new Map<string, number>()

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files
      .map((file) => ({ file, cost: this.#costOf(file) }))
      .sort((a, b) => a.cost - b.cost)
      .map(({ file }) => file)
  }

  #costOf({ project, moduleId }: TestSpecification): number {
    const file = `${project.name}:${relative(this.ctx.config.root, moduleId)}`
    const { duration = Infinity } = this.ctx.cache.getFileTestResults(file) ?? {}
    const longest = ShortestFirst.#longest
    const cost = Math.max(longest.get(file) ?? 0, duration)
    if (cost < Infinity) longest.set(file, cost)
    return cost
  }
}
