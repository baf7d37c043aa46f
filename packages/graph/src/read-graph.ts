import type { ComponentClass } from './components/component-class.js'
import type { ComponentType } from './components/component-type.js'
import { componentTypes } from './components/component-types.js'
import type { Diagnostic } from './file/diagnostic.js'
import { Diagnostics } from './file/diagnostics.js'
import { GraphReader } from './file/graph-reader.js'
import { textOf } from './file/text-of.js'
import { YamlDocument } from './file/yaml-document.js'
import type { Graph } from './graph.js'

/** Options of `readGraph` and `readGraphFile`: all optional. */
export interface ReadOptions {
  /** The name of the file in diagnostics (default `<graph>`). */
  readonly file?: string
  /**
   * Component classes in addition to the built-in ones, by their names in the file (default: none). Each is
   * constructed with one argument: an object with the options of the part. See `importComponents`.
   */
  readonly components?: Readonly<Record<string, ComponentClass>>
}

/** The outcome of reading a graph file: a graph, or at least one error. */
export interface Reading {
  /** Undefined if there are errors. */
  readonly graph: Graph | undefined
  /** All errors, in the order of the file; after the first 100, the number of further ones. */
  readonly errors: readonly Diagnostic[]
  /** Probable mistakes; empty while there are errors. */
  readonly warnings: readonly Diagnostic[]
}

/** Maximum size of a graph file in bytes: room for a thousand parts. The slowest file of this size, only commas, is read in a second or two. */
export const MAX_BYTES = 131_072

/**
 * Parses the contents of a graph file, YAML 1.2 or JSON (which is YAML), and checks all of it: names of components, their
 * options, their boxes, and the types of messages. It returns every error with its line and column, and never throws for the contents
 * of the file.
 *
 * It constructs one component for each part, only to find out what the constructor refuses: constructors must have no
 * side effects. Nothing runs, and no socket is opened.
 *
 * @param contents - text or UTF-8 bytes: at most 128 KiB, 1000 parts (including those of children), 64 levels of
 *   lists and maps, 100 aliases
 * @param options.file - the name of the file in diagnostics (default `<graph>`)
 * @param options.components - component classes in addition to the built-in ones, by their names in the file (default: none)
 * @throws {UdpngError} `BAD_OPTION` for a name in `components` that is taken or invalid, and for a value that is not
 *   a component class
 *
 * @example
 * const { graph, errors } = readGraph('parts: { IN: { component: UDPReceiver, localPort: 1514 } }')
 */
export function readGraph(contents: string | Uint8Array, options: ReadOptions = {}): Reading {
  const { file = '<graph>', components } = options
  const types = componentTypes(components)
  const bytes = typeof contents === 'string' ? Buffer.from(contents) : contents
  const decoded = bytes.length > MAX_BYTES ? { text: '' } : textOf(bytes)
  const diagnostics = new Diagnostics(file, 'text' in decoded ? decoded.text : decoded.validUntil)
  let graph: Graph | undefined
  if (bytes.length > MAX_BYTES)
    diagnostics.add(0, `the file is too large; a graph file has at most ${MAX_BYTES / 1024} KiB`)
  else if ('text' in decoded) graph = graphIn(decoded.text, types, diagnostics)
  else diagnostics.add(decoded.validUntil.length, 'from here on, the file is not UTF-8')
  const { errors, warnings } = diagnostics
  // what is linked to nothing may be so because of an error
  return errors.length > 0
    ? { graph: undefined, errors, warnings: [] }
    : { graph, errors, warnings }
}

function graphIn(
  text: string,
  types: ReadonlyMap<string, ComponentType>,
  diagnostics: Diagnostics,
): Graph | undefined {
  const document = YamlDocument.read(text, diagnostics)
  if (document?.value === null) {
    diagnostics.add(0, 'the file is empty; a graph needs parts')
    return undefined
  }
  return document && new GraphReader(document, diagnostics, types).read()
}
