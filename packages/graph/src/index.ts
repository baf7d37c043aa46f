export {
  type AssembleOptions,
  assemble,
  type GraphComponent,
} from './assemble.js'
export type { ComponentClass } from './components/component-class.js'
export type { PartOptions } from './components/component-type.js'
export { importComponents } from './components/import-components.js'
export { type Diagnostic, formatDiagnostic } from './file/diagnostic.js'
export type { Graph, Link, OnUnlinkedErrors, Part, Port } from './graph.js'
export { type JsonSchema, jsonSchema } from './json-schema.js'
export { draw, type PictureFormat } from './picture/draw.js'
export { type Reading, type ReadOptions, readGraph } from './read-graph.js'
export { readGraphFile } from './read-graph-file.js'
