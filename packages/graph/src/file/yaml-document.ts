import { show } from '@udpng/core/options'
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  Parser,
} from 'yaml'
import type { Diagnostics } from './diagnostics.js'

/** A path in a document: `['parts', 'OUT', 'tag']`. */
export type Path = readonly PropertyKey[]

/** The pairs of one map, by key. */
type Entries = ReadonlyMap<string, { readonly key: Node; readonly value: unknown }>

/** Maximum depth of nested collections. The library recurses for each, and Node.js does not survive a stack overflow. */
const MAX_DEPTH = 64
/** Maximum number of aliases, and of repetitions of a value by aliases of aliases. */
const MAX_ALIASES = 100

/** A YAML document: its contents and their positions. */
export class YamlDocument {
  readonly value: unknown
  readonly #root: Node | null
  readonly #maps: ReadonlyMap<unknown, Entries>
  readonly #targets: ReadonlyMap<unknown, Node>

  private constructor(value: unknown, root: Node | null, survey: Survey) {
    this.value = value
    this.#root = root
    this.#maps = survey.maps
    this.#targets = survey.targets
  }

  /** Parses a document; undefined if it cannot be used: then there is at least one new error. */
  static read(text: string, diagnostics: Diagnostics): YamlDocument | undefined {
    const tokens = [...new Parser().parse(text)]
    const deep = tooDeep(tokens)
    if (deep !== undefined) {
      diagnostics.add(deep, `lists and maps are nested more than ${MAX_DEPTH} levels deep`)
      return undefined
    }
    const composer = new Composer({
      customTags: ['binary'],
      logLevel: 'silent',
      prettyErrors: false,
      resolveKnownTags: false,
      uniqueKeys: false, // theirs compares each key with each
    })
    const [document, second] = composer.compose(tokens, true, text.length)
    const wrong = [...(document?.errors ?? []), ...(document?.warnings ?? [])]
    for (const { pos, message } of wrong) diagnostics.add(pos[0], message)
    if (second)
      diagnostics.add(second.range[0], 'a second document begins here; a graph file has only one')
    if (!document || second || wrong.length > 0) return undefined
    const root = document.contents as Node | null
    const survey = new Survey(diagnostics)
    survey.node(root)
    if (survey.failed) return undefined
    const value = plain(document, survey, diagnostics)
    return value && new YamlDocument(value.js, root, survey)
  }

  /** The offset of the value at a path; of the nearest enclosing value if there is none. */
  at(path: Path): number {
    const found = this.#find(path)
    return found === undefined ? this.key(path.slice(0, -1)) : start(found)
  }

  /** The offset of the key at a path; of the nearest enclosing key if there is none. */
  key(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const around = this.#find(path.slice(0, length - 1))
      const last = path[length - 1] as PropertyKey
      const entry = this.#maps.get(around)?.get(String(last))
      if (entry) return start(entry.key)
      if (isSeq(around) && around.items[Number(last)] !== undefined)
        return start(around.items[Number(last)])
    }
    return start(this.#root)
  }

  #find(path: Path): unknown {
    let node: unknown = this.#root
    for (const step of path) {
      const within: unknown = this.#targets.get(node) ?? node
      if (isSeq(within)) node = within.items[Number(step)]
      else node = this.#maps.get(within)?.get(String(step))?.value
    }
    return this.#targets.get(node) ?? node
  }
}

/** Checks every node once: invalid keys, duplicate keys, unresolved and circular aliases. */
class Survey {
  failed = false
  aliases = 0
  /** The offset of the last alias. */
  offset = 0
  readonly maps = new Map<unknown, Entries>()
  readonly targets = new Map<unknown, Node>()
  readonly #diagnostics: Diagnostics
  readonly #anchors = new Map<string, Node>()
  readonly #around = new Set<unknown>()

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics
  }

  node(node: unknown): void {
    if (isAlias(node)) {
      this.offset = start(node)
      const target = this.#anchors.get(node.source)
      if (!target) this.#fail(node, `the anchor &${node.source} is not defined before this alias`)
      else if (this.#around.has(target))
        this.#fail(node, `the alias *${node.source} contains itself`)
      else if (++this.aliases === MAX_ALIASES + 1)
        this.#fail(node, `more than ${MAX_ALIASES} aliases`)
      else this.targets.set(node, target)
      return
    }
    const { anchor } = (node ?? {}) as { anchor?: string }
    if (anchor) this.#anchors.set(anchor, node as Node)
    this.#around.add(node)
    if (isSeq(node)) for (const item of node.items) this.node(item)
    if (isMap(node)) this.#map(node.items, node)
    this.#around.delete(node)
  }

  #map(pairs: readonly unknown[], map: unknown): void {
    const entries = new Map<string, { key: Node; value: unknown }>()
    for (const pair of pairs) {
      if (!isPair(pair)) continue
      const { key, value } = pair
      const name = isScalar(key) ? key.value : undefined
      if (typeof name !== 'string') this.#fail(key, 'a key must be text; put it in quotes')
      else if (name === '__proto__') this.#fail(key, '"__proto__" is not a valid key')
      else if (name === '<<')
        this.#fail(key, 'merge keys (<<) are not supported; write the values out, or use *alias')
      else if (entries.has(name)) this.#fail(key, `duplicate key ${show(name)}`)
      else entries.set(name, { key: key as Node, value })
      this.node(value)
    }
    this.maps.set(map, entries)
  }

  #fail(node: unknown, text: string): void {
    this.failed = true
    this.#diagnostics.add(start(node), text)
  }
}

/** The contents of a document, as plain data. */
function plain(
  document: Document,
  survey: Survey,
  diagnostics: Diagnostics,
): { js: unknown } | undefined {
  try {
    return { js: document.toJS({ maxAliasCount: MAX_ALIASES + 1 }) as unknown }
  } catch (error) {
    // aliases of things that are full of aliases
    if (!(error instanceof ReferenceError)) throw error
    diagnostics.add(survey.offset, 'too many aliases of aliases')
    return undefined
  }
}

function start(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0
}

/** The offset at which a document is nested too deep, found without recursion. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  let level: readonly CST.Token[] = tokens
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return level[0]?.offset ?? 0
    level = level.flatMap(inside)
  }
  return undefined
}

function inside(token: CST.Token): CST.Token[] {
  const children: (CST.Token | null | undefined)[] = []
  if (token.type === 'document') children.push(token.value)
  if ('items' in token) for (const { key, value } of token.items) children.push(key, value)
  return children.filter((child) => child !== null && child !== undefined)
}
