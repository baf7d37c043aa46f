import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { show } from '@udpng/basic-peer'
import { Component, UdpngError } from '@udpng/core'
import { NAME } from '../graph-shape.js'
import type { ComponentType } from './component-type.js'

type Constructor = new (options: unknown) => Component

/**
 * The components that a module exports, by the names it exports them. Each is made with one argument, an object with the
 * options of the part.
 *
 * @param module - a file, or a package as it is seen from `directory`
 * @throws {UdpngError} rejects with `BAD_OPTION` when it cannot be imported, or exports none
 */
export async function importComponents(
  module: string,
  directory: string,
): Promise<readonly ComponentType[]> {
  const exported = await load(module, directory)
  const types: ComponentType[] = []
  for (const [name, value] of Object.entries(exported)) {
    if (!isComponentClass(value) || !new RegExp(NAME, 'u').test(name) || name === 'default')
      continue
    types.push({ name, make: (options) => make(value, options) })
  }
  if (types.length > 0) return types
  const names = Object.keys(exported).join(', ') || 'nothing'
  const other = Object.entries(exported).find(([, value]) => isForeign(value))
  throw new UdpngError(
    'BAD_OPTION',
    other
      ? `${other[0]} of ${module} extends a Component of another @udpng/core; let both use the same one`
      : `${module} exports no component by name; it exports ${names}`,
  )
}

async function load(module: string, directory: string): Promise<Record<string, unknown>> {
  try {
    const file = resolve(directory, module)
    const path = existsSync(file)
      ? file
      : createRequire(join(directory, 'graph.js')).resolve(module)
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (cause) {
    throw new UdpngError('BAD_OPTION', `cannot import ${module}: ${firstLine(cause)}`, { cause })
  }
}

function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : show(thrown)
  return text.split('\n', 1)[0] as string
}

function make(type: Constructor, options: unknown): Component {
  return new type(options)
}

/** A class that extends our Component, and has a `main` of its own: not Component itself. */
function isComponentClass(value: unknown): value is Constructor {
  return typeof value === 'function' && value.prototype instanceof Component && hasMain(value)
}

/** A class of the same kind, by another copy of the package. */
function isForeign(value: unknown): boolean {
  return typeof value === 'function' && hasMain(value) && !isComponentClass(value)
}

function hasMain(value: { readonly prototype?: { readonly main?: unknown } }): boolean {
  return typeof value.prototype?.main === 'function'
}
