import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatDiagnostic, type Graph, type ReadOptions, readGraph } from '@udpng/graph'
import type { ComponentType } from '../src/components/component-type.js'
import { componentTypes } from '../src/components/component-types.js'

/** The built-in components, by name. */
export const types: ReadonlyMap<string, ComponentType> = componentTypes()

/** A reading, with each diagnostic as a line. */
export interface Lines {
  readonly graph: Graph | undefined
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

/** Reads a text as a graph file of that name. */
export function read(text: string | Uint8Array, options: ReadOptions | string = 'f.yaml'): Lines {
  const reading = readGraph(text, typeof options === 'string' ? { file: options } : options)
  return {
    graph: reading.graph,
    errors: reading.errors.map(formatDiagnostic),
    warnings: reading.warnings.map(formatDiagnostic),
  }
}

/** The files of a folder beside this one, by name. */
export function filesIn(folder: string): [name: string, text: string][] {
  const directory = join(import.meta.dirname, folder)
  return readdirSync(directory)
    .sort()
    .map((name) => [name, readFileSync(join(directory, name), 'utf8')])
}
