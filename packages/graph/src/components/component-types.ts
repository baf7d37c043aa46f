import { type Component, UdpngError } from '@udpng/core'
import { NAME } from '../graph-shape.js'
import { builtIn } from './built-in.js'
import { type ComponentClass, isComponentClass, isForeignClass } from './component-class.js'
import type { ComponentType, PartOptions } from './component-type.js'

/**
 * Returns the components that a graph file can name: the built-in ones, and those that a program adds.
 *
 * @throws {UdpngError} `BAD_OPTION` for a name that is taken or invalid, and for a value that is not a component class
 */
export function componentTypes(
  components: Readonly<Record<string, ComponentClass>> = {},
): ReadonlyMap<string, ComponentType> {
  const types = new Map(builtIn().map((type) => [type.name, type]))
  for (const [name, type] of Object.entries(components)) {
    const wrong = objectionTo(name, type, types)
    if (wrong) throw new UdpngError('BAD_OPTION', `cannot add the component ${name}: ${wrong}`)
    types.set(name, { name, make: (options) => make(type, options) })
  }
  return types
}

function objectionTo(
  name: string,
  type: unknown,
  types: ReadonlyMap<string, ComponentType>,
): string | undefined {
  if (types.has(name)) return 'the name is already taken; choose another name'
  if (!new RegExp(NAME, 'u').test(name))
    return 'a name has letters, digits, _ and -, begins with a letter, and is not self'
  if (isForeignClass(type))
    return 'it extends Component of another copy of @udpng/core; see npm ls @udpng/core'
  return isComponentClass(type) ? undefined : 'it is not a class that extends Component'
}

function make(type: ComponentClass, options: PartOptions): Component {
  return new type(options)
}
