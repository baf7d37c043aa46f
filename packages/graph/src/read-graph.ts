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
   * Component classes in addition to the built-in ones, by the names that the file gives them (default: none). Each is
   * made with one argument: an object with the options of the part. See `importComponents`.
   */
  readonly components?: Readonly<Record<string, ComponentClass>>
}

/** The outcome of reading a graph file: a graph, or at least one error. */
export interface Reading {
  /** Undefined when there are errors. */
  readonly graph: Graph | undefined
  /** All errors, in the order of the file; after the first 100, their number. */
  readonly errors: readonly Diagnostic[]
  /** Probable mistakes; empty while there are errors. */
  readonly warnings: readonly Diagnostic[]
}

/** Maximum length of a graph file in bytes: that is a thousand parts. The slowest file of this length, commas alone, is read in a second or two. */
export const MAX_BYTES = 131_072

/**
 * Reads the contents of a graph file, YAML 1.2 or JSON (which is YAML), and checks all of it: names of components, their
 * options, their boxes, and whether messages fit. It reports every error with its line and column, and never throws for what is in the
 * file.
 *
 * It makes one component of each part, to see what the constructor refuses, and does not use it: constructors must have no
 * effect but to make the component. Nothing runs, no socket is opened.
 *
 * @param contents - text, or bytes of UTF-8: at most 128 KiB, 1000 parts (those of children counted), 64 levels of
 *   lists and maps, 100 aliases
 * @param options.file - the name of the file in diagnostics (default `<graph>`)
 * @param options.components - component classes in addition to the built-in ones, by the names that the file gives them
 * @throws {UdpngError} `BAD_OPTION` for a name in `components` that is taken or cannot be one, and for a value that is not
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
    diagnostics.add(0, `it is too large; a graph file has at most ${MAX_BYTES / 1024} KiB`)
  else if ('text' in decoded) graph = graphIn(decoded.text, types, diagnostics)
  else diagnostics.add(decoded.validUntil.length, 'what follows is not UTF-8')
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
    diagnostics.add(0, 'it is empty; a graph has parts')
    return undefined
  }
  return document && new GraphReader(document, diagnostics, types).read()
}
