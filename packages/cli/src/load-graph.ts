import {
  componentTypes,
  type Graph,
  MOST_BYTES,
  type OnUnread,
  readBytes,
  readGraph,
  STANDARD_INPUT,
} from '@udpng/graph'
import { Exit } from './failure.js'
import type { Notes } from './notes.js'

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
