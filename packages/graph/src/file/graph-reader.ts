import { UdpngError } from '@udpng/core'
import { hint, show } from '@udpng/core/options'
import { z } from 'zod'
import { assemble } from '../assemble.js'
import { boxesOf } from '../components/boxes-of.js'
import type { ComponentType, PartOptions } from '../components/component-type.js'
import type { Boxes } from '../components/kinds.js'
import type { Graph, Part } from '../graph.js'
import { graphShape, NAME } from '../graph-shape.js'
import type { Diagnostics } from './diagnostics.js'
import { Linker } from './linker.js'
import { object } from './objections.js'
import type { Path, YamlDocument } from './yaml-document.js'

/** Parts of one file, those of children too. */
const MAX_PARTS = 1000

/** A part, and the boxes that it turned out to have. */
interface ReadPart extends Part {
  readonly boxes: Boxes
}

/** Finds the graph in a document, and all that is wrong with it. */
export class GraphReader {
  readonly document: YamlDocument
  readonly diagnostics: Diagnostics
  readonly #types: ReadonlyMap<string, ComponentType>
  readonly #name = new RegExp(NAME, 'u')
  readonly #shape = graphShape(z.unknown(), z.unknown())
  readonly #named = z.looseObject(
    { component: z.string({ error: 'the name of a component' }) },
    { error: 'a map: a component, and its options' },
  )
  #parts = 0

  constructor(
    document: YamlDocument,
    diagnostics: Diagnostics,
    types: ReadonlyMap<string, ComponentType>,
  ) {
    this.document = document
    this.diagnostics = diagnostics
    this.#types = types
  }

  read(): Graph {
    return this.#graph([], this.document.value)
  }

  /** @param self - the boxes that a child must and may have */
  #graph(path: Path, value: unknown, self?: Boxes): Graph {
    const owner = path.length === 0 ? 'the graph' : 'child'
    object(this, path, value, { shape: this.#shape, owner })
    const { parts, linkages } = Object(value) as { parts: unknown; linkages: unknown }
    const names = Object.keys(isMap(parts) ? parts : {})
    if (isMap(parts) && names.length === 0)
      this.diagnostics.add(this.document.at([...path, 'parts']), `${owner} has no parts`)
    const linker = new Linker(this, [...path, 'linkages'], self)
    const read: Part[] = []
    for (const name of names) {
      const at = [...path, 'parts', name]
      if (!this.#name.test(name)) {
        this.diagnostics.add(
          this.document.key(at),
          `${show(name)} is not a valid part name; a name has letters, digits, _ and -, begins with a letter, and is not self`,
        )
        continue
      }
      if (++this.#parts > MAX_PARTS) {
        if (this.#parts === MAX_PARTS + 1)
          this.diagnostics.add(this.document.key(at), `more than ${MAX_PARTS} parts`)
        break
      }
      const part = this.#part(at, name, (parts as PartOptions)[name])
      if (part) read.push(part)
      linker.add(name, this.document.key(at), part?.boxes)
    }
    return { parts: read, links: linker.link(isMap(linkages) ? linkages : {}) }
  }

  #part(path: Path, name: string, value: unknown): ReadPart | undefined {
    if (!object(this, path, value, { shape: this.#named, owner: name })) return undefined
    const { component, ...options } = value as { component: string } & PartOptions
    const type = this.#types.get(component)
    if (!type) {
      const near = hint(component, [...this.#types.keys()], 'there is')
      this.diagnostics.add(
        this.document.at([...path, 'component']),
        `unknown component ${show(component)}; ${near}`,
      )
      return undefined
    }
    const { known } = type
    const good = !known || object(this, path, options, { shape: known.options, owner: component })
    const { child: inner } = options
    const child =
      known?.child && isMap(inner) ? this.#graph([...path, 'child'], inner, known.child) : undefined
    if (!good) return undefined
    const make: Part['make'] = () => type.make(options, child && (() => assemble(child)))
    try {
      const boxes = boxesOf(type, options, make())
      return { name, component, options, make, boxes, ...(child && { child }) }
    } catch (thrown) {
      this.#refused(path, type, options, thrown)
      return undefined
    }
  }

  /** The constructor throws; if its message names an option, that is where the mistake is. */
  #refused(path: Path, type: ComponentType, options: PartOptions, thrown: unknown): void {
    const isOurs = thrown instanceof UdpngError
    const message = thrown instanceof Error ? thrown.message : show(thrown)
    const option = optionIn(message, options)
    const offset = option
      ? this.document.key([...path, ...option])
      : this.document.at([...path, 'component'])
    this.diagnostics.add(offset, isOurs ? message : `${type.name} cannot be created: ${message}`)
  }
}

/** The option that a message names first: `localAddr`, `multicast: ttl`. */
function optionIn(message: string, options: PartOptions): Path | undefined {
  const words = message.match(/[\p{L}\p{N}_]+/gu) ?? []
  const first = words.findIndex((word) => Object.hasOwn(options, word))
  const path: string[] = []
  let within: unknown = options
  for (const word of first < 0 ? [] : words.slice(first)) {
    if (!isMap(within) || !Object.hasOwn(within, word)) break
    within = within[word]
    path.push(word)
  }
  return path.length > 0 ? path : undefined
}

function isMap(value: unknown): value is PartOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
