import { UdpngError } from '@udpng/core'
import { builtIn } from './built-in.js'
import type { ComponentType } from './component-type.js'
import { importComponents } from './import-components.js'

/**
 * The components that a graph file can name: the built-in ones, and what modules export.
 *
 * @param modules - files, or packages, as they are seen from `directory`
 * @throws {UdpngError} rejects with `BAD_OPTION` for a module that cannot be imported or exports none, and when two have
 *   one name
 */
export async function componentTypes(
  modules: readonly string[] = [],
  directory: string = process.cwd(),
): Promise<ReadonlyMap<string, ComponentType>> {
  const types = new Map(builtIn().map((type) => [type.name, type]))
  for (const module of modules)
    for (const type of await importComponents(module, directory)) {
      if (types.has(type.name))
        throw new UdpngError(
          'BAD_OPTION',
          `${module} exports ${type.name}, but there is a component of that name already`,
        )
      types.set(type.name, type)
    }
  return types
}
