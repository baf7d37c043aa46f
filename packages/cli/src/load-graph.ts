import { formatDiagnostic, type Graph, importComponents, readGraphFile } from '@udpng/graph'
import { Exit } from './failure.js'
import type { Notes } from './output/notes.js'

/**
 * Reads the graph file that an argument names. What is wrong with it is written on standard error, a line for each.
 *
 * @param file - `-` is standard input
 * @param modules - what `--import` was given
 * @throws rejects with what ends the command, exit code 2, when it cannot be used
 */
export async function loadGraph(
  file: string,
  modules: readonly string[],
  notes: Notes,
): Promise<Graph> {
  const components = await importComponents(modules)
  const input = file === '-' ? process.stdin : file
  const { graph, errors, warnings } = await readGraphFile(input, { components })
  for (const diagnostic of [...errors, ...(notes.quiet ? [] : warnings)])
    notes.line(formatDiagnostic(diagnostic))
  if (!graph) throw new Exit(2)
  return graph
}
