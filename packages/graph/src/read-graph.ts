import type { OnUnread } from './assemble.js'
import type { ComponentType } from './components/component-type.js'
import { GraphReader } from './file/graph-reader.js'
import { Mistakes } from './file/mistakes.js'
import { textOf } from './file/text-of.js'
import { YamlDocument } from './file/yaml-document.js'
import type { Graph } from './graph.js'

/** What a graph file is: a graph, or what is wrong with it. */
export interface Reading {
  /** Undefined when there is an error. */
  readonly graph: Graph | undefined
  /** One line each: `graph.yaml:12:5: unknown component "UDPSendr"; did you mean UDPSender?` */
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

/** A graph file has no more: that is a thousand parts. The slowest such file, commas alone, is read in a second or two. */
export const MOST_BYTES = 131_072

/**
 * Reads a graph file. It makes each component once, to see whether it can be, and runs none.
 *
 * @param bytes - what is in it
 * @param file - what errors call it
 * @param types - the components that it can name
 * @param onUnread - called for the parts of each session's child, when it is made
 */
export function readGraph(
  bytes: Uint8Array,
  file: string,
  types: ReadonlyMap<string, ComponentType>,
  onUnread?: OnUnread,
): Reading {
  const decoded = bytes.length > MOST_BYTES ? { text: '' } : textOf(bytes)
  const mistakes = new Mistakes(file, 'text' in decoded ? decoded.text : decoded.validUntil)
  let graph: Graph | undefined
  if (bytes.length > MOST_BYTES)
    mistakes.add(0, `it is too large; a graph file has at most ${MOST_BYTES / 1024} KiB`)
  else if ('text' in decoded) graph = graphIn(decoded.text, types, mistakes, onUnread)
  else mistakes.add(decoded.validUntil.length, 'what follows is not UTF-8')
  const { errors, warnings } = mistakes
  // what is linked to nothing may be so because of an error
  return errors.length > 0
    ? { graph: undefined, errors, warnings: [] }
    : { graph, errors, warnings }
}

function graphIn(
  text: string,
  types: ReadonlyMap<string, ComponentType>,
  mistakes: Mistakes,
  onUnread: OnUnread | undefined,
): Graph | undefined {
  const document = YamlDocument.read(text, mistakes)
  if (document?.value === null) {
    mistakes.add(0, 'it is empty; a graph has parts')
    return undefined
  }
  return document && new GraphReader(document, mistakes, types, onUnread).read()
}
