import { readBytes } from './file/read-bytes.js'
import { MAX_BYTES, type Reading, type ReadOptions, readGraph } from './read-graph.js'

/**
 * Reads a graph file of at most 128 KiB, and checks it: see `readGraph`.
 *
 * @param input - a path, or a stream of bytes such as `process.stdin`
 * @param options.file - the name of the file in diagnostics (default: the path, or `<stdin>` for a stream)
 * @param options.components - component classes in addition to the built-in ones, by their names in the file (default: none)
 * @throws {UdpngError} rejects with `BAD_OPTION` if it cannot be read, and with the errors of `readGraph`
 */
export async function readGraphFile(
  input: string | AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<Reading> {
  const { file = typeof input === 'string' ? input : '<stdin>' } = options
  return readGraph(await readBytes(input, MAX_BYTES, file), { ...options, file })
}
