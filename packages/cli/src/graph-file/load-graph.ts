import { Exit } from '../failure.js'
import type { Notes } from '../notes.js'
import type { OnUnread } from './assemble.js'
import { componentTypes } from './component-types.js'
import type { Graph } from './graph.js'
import { readBytes, STANDARD_INPUT } from './read-bytes.js'
import { MOST_BYTES, readGraph } from './read-graph.js'

/**
 * Reads the graph file that an argument names. What is wrong with it is written on standard error, a line for each.
 *
 * @param file - `-` is standard input
 * @param modules - what `--import` was given
 * @param onUnread - see `readGraph`
 * @throws rejects with what ends the command, exit code 2, when it cannot be used
 */
export async function loadGraph(
  file: string,
  modules: readonly string[],
  notes: Notes,
  onUnread?: OnUnread,
): Promise<Graph> {
  const types = await componentTypes(modules)
  const bytes = await readBytes(file, MOST_BYTES)
  const name = file === STANDARD_INPUT ? '<stdin>' : file
  const { graph, errors, warnings } = readGraph(bytes, name, types, onUnread)
  for (const line of [...errors, ...(notes.quiet ? [] : warnings)]) notes.line(line)
  if (!graph) throw new Exit(2)
  return graph
}
