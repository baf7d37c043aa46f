import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UdpngError } from '@udpng/core'
import { show } from '@udpng/core/options'
import { NAME } from '../graph-shape.js'
import { builtIn } from './built-in.js'
import { type ComponentClass, isComponentClass, isForeignClass } from './component-class.js'

/**
 * Imports modules and returns the component classes that they export, by export name, for the option
 * `components` of `readGraph`. The default export is ignored. Importing a module runs its code: import only modules that you trust.
 *
 * @param modules - files or packages, resolved from `directory`
 * @param directory - the base of relative paths (default: the working directory)
 * @throws {UdpngError} rejects with `BAD_OPTION` for a module that cannot be imported or exports no component class, and
 *   for a name that is taken
 */
export async function importComponents(
  modules: readonly string[],
  directory: string = process.cwd(),
): Promise<Readonly<Record<string, ComponentClass>>> {
  const taken = new Set(builtIn().map(({ name }) => name))
  const components: Record<string, ComponentClass> = {}
  for (const module of modules)
    for (const [name, type] of await classesOf(module, directory)) {
      if (taken.has(name))
        throw new UdpngError(
          'BAD_OPTION',
          `${module} exports ${name}, but that name is already taken`,
        )
      taken.add(name)
      components[name] = type
    }
  return components
}

async function classesOf(
  module: string,
  directory: string,
): Promise<readonly (readonly [name: string, type: ComponentClass])[]> {
  const exported = await load(module, directory)
  const isName = new RegExp(NAME, 'u')
  const found: (readonly [name: string, type: ComponentClass])[] = []
  for (const [name, value] of Object.entries(exported))
    if (isComponentClass(value) && isName.test(name) && name !== 'default')
      found.push([name, value])
  if (found.length > 0) return found
  const names = Object.keys(exported).join(', ') || 'nothing'
  const other = Object.entries(exported).find(([, value]) => isForeignClass(value))
  throw new UdpngError(
    'BAD_OPTION',
    other
      ? `${other[0]} of ${module} extends Component of another copy of @udpng/core; see npm ls @udpng/core`
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
