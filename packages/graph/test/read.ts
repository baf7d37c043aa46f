import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtIn } from '../src/components/built-in.js'
import type { ComponentType } from '../src/components/component-type.js'
import { type Reading, readGraph } from '../src/read-graph.js'

/** The built-in components, by name. */
export const types: ReadonlyMap<string, ComponentType> = new Map(
  builtIn().map((type) => [type.name, type]),
)

/** Reads a text as a graph file of that name. */
export function read(text: string | Uint8Array, file = 'f.yaml'): Reading {
  return readGraph(Buffer.from(text as string), file, types)
}

/** The files of a folder beside this one, by name. */
export function filesIn(folder: string): [name: string, text: string][] {
  const directory = join(import.meta.dirname, folder)
  return readdirSync(directory)
    .sort()
    .map((name) => [name, readFileSync(join(directory, name), 'utf8')])
}
