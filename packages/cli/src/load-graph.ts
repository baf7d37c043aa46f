import { formatDiagnostic, type Graph, importComponents, readGraphFile } from '@udpng/graph'
import { Exit } from './failure.js'
import type { Notes } from './output/notes.js'

/**
 * Reads the graph file that an argument names. Its errors and warnings are written on standard error, one line each.
 *
 * @param file - a path; `-` is standard input
 * @param modules - the arguments of `--import`
 * @throws rejects with an `Exit`, exit code 2, if the file cannot be used
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
