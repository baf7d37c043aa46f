import { hint, show } from '@udpng/core/options'
import type { PartOptions } from '../components/component-type.js'
import {
  type Boxes,
  fit,
  inWords,
  type Kind,
  type Kinds,
  remedy,
  type Same,
} from '../components/kinds.js'
import type { Link, Port } from '../graph.js'
import { linkageShape, PORT } from '../graph-shape.js'
import { type Findings, object } from './objections.js'
import type { Path } from './yaml-document.js'

const CONTROL: Kinds = ['control']

/** Checks the linkages of one graph. */
export class Linker {
  readonly #findings: Findings
  readonly #shape = linkageShape()
  readonly #path: Path
  readonly #self: Boxes | undefined
  /** By name; the boxes of a part are undefined when it could not be made. */
  readonly #parts = new Map<string, { readonly key: number; readonly boxes: Boxes | undefined }>()
  readonly #links: (Link & { readonly offset: number })[] = []

  /**
   * @param path - where the linkages are
   * @param self - what a child is given and gives; undefined for a graph that runs by itself
   */
  constructor(findings: Findings, path: Path, self: Boxes | undefined) {
    this.#findings = findings
    this.#path = path
    this.#self = self
    // seen from inside: what comes to the graph is sent to its parts
    if (self)
      this.#parts.set('self', {
        key: 0,
        boxes: withControl(
          { takes: self.sends as Boxes['takes'], sends: self.takes },
          'signal',
          'control',
        ),
      })
  }

  /**
   * @param key - where the name is
   * @param boxes - undefined when they are not known, because the part could not be made
   */
  add(name: string, key: number, boxes: Boxes | undefined): void {
    this.#parts.set(name, { key, boxes: boxes && withControl(boxes, 'control', 'signal') })
  }

  /** Returns the links, and reports what is wrong with the linkages. */
  link(linkages: PartOptions): readonly Link[] {
    for (const [from, to] of Object.entries(linkages)) this.#linkage(from, to)
    for (const link of this.#links) this.#checkKinds(link)
    const linked = new Set(this.#links.flatMap(({ from, to }) => [from.part, to.part]))
    for (const [name, { key, boxes }] of this.#parts)
      if (name !== 'self' && boxes && !linked.has(name))
        this.#findings.diagnostics.warn(key, `${name} is linked to nothing`)
    if (this.#self && !this.#links.some(({ from }) => from.part === 'self' && from.box === 'inbox'))
      this.#findings.diagnostics.add(
        this.#findings.document.key(this.#path),
        'self.inbox leads nowhere; it gives the child its data',
      )
    return this.#links.map(({ from, to }) => ({ from, to }))
  }

  #linkage(name: string, to: unknown): void {
    const { document, diagnostics } = this.#findings
    const path = [...this.#path, name]
    const from = this.#port(name, document.key(path), 'sends')
    if (!object(this.#findings, path, to, { shape: this.#shape, owner: name })) return
    const names = Array.isArray(to) ? (to as string[]) : [to as string]
    if (from?.part === 'self' && names.length > 1)
      diagnostics.add(document.key(path), `${name} is one inbox; it cannot be several`)
    names.forEach((target, i) => {
      const offset = document.at(Array.isArray(to) ? [...path, i] : path)
      const port = this.#port(target, offset, 'takes')
      if (!port || !from) return
      if (names.indexOf(target) < i) diagnostics.add(offset, `${name} leads to ${target} already`)
      else if (
        target === 'self.signal' &&
        this.#links.some(({ to }) => `${to.part}.${to.box}` === target)
      )
        diagnostics.add(
          offset,
          'another outbox leads to self.signal already; leave out one of them, or both: then the child ends when all its parts have ended',
        )
      else if (port.part === 'self' && from.part === 'self')
        diagnostics.add(offset, `${name} cannot lead to ${target}; put a part between them`)
      else this.#links.push({ from, to: port, offset })
    })
  }

  /** The port of that name; undefined when there is none, or when it is not known whether there is. */
  #port(name: string, offset: number, use: 'sends' | 'takes'): Port | undefined {
    const { diagnostics } = this.#findings
    const [part = '', box = ''] = new RegExp(PORT, 'u').test(name) ? name.split('.') : []
    const other = use === 'sends' ? 'takes' : 'sends'
    const wanted = use === 'sends' ? 'outbox' : 'inbox'
    const found = this.#parts.get(part)
    if (!box)
      diagnostics.add(offset, `${show(name)} is not an ${wanted}; it must be like PART.${wanted}`)
    else if (!found && part === 'self')
      diagnostics.add(offset, `there is no self here; only the child of a Sessions has one`)
    else if (!found)
      diagnostics.add(
        offset,
        `there is no part ${show(part)}; ${hint(part, [...this.#parts.keys()], 'there is')}`,
      )
    else if (!found.boxes) return undefined
    else if (Object.hasOwn(found.boxes[use], box)) return { part, box }
    else {
      const rest = `; ${part} has the ${plural(wanted)} ${list(found.boxes[use])}`
      if (Object.hasOwn(found.boxes[other], box))
        diagnostics.add(
          offset,
          use === 'sends'
            ? `${name} is an inbox, and messages do not leave it${rest}`
            : `${name} is an outbox, and nothing can lead to it${rest}`,
        )
      else diagnostics.add(offset, `${part} has no ${wanted} ${show(box)}${rest}`)
    }
    return undefined
  }

  #checkKinds({ from, to, offset }: Link & { readonly offset: number }): void {
    const sent = this.#sent(from, new Set())
    const taken = this.#parts.get(to.part)?.boxes?.takes[to.box] ?? 'any'
    if (sent.length > 0 && !fit(sent, taken))
      this.#findings.diagnostics.add(
        offset,
        `${from.part}.${from.box} sends ${inWords(sent)}, but ${to.part}.${to.box} takes ${inWords(taken)}${remedy(sent, taken)}`,
      )
  }

  /** The kinds of the messages of an outbox, as far as known; none when the inbox that it passes on is not linked. */
  #sent({ part, box }: Port, seen: Set<string>): Kinds {
    const sends: Kinds | Same = this.#parts.get(part)?.boxes?.sends[box] ?? 'any'
    if (sends === 'any' || !('as' in sends)) return sends
    if (seen.has(part)) return []
    seen.add(part)
    const kinds = new Set<Kind>()
    for (const { from, to } of this.#links) {
      if (to.part !== part || to.box !== sends.as) continue
      const sent = this.#sent(from, seen)
      if (sent === 'any') return 'any'
      for (const kind of sent) kinds.add(kind)
    }
    return [...kinds]
  }
}

function withControl({ takes, sends }: Boxes, inbox: string, outbox: string): Boxes {
  return { takes: { ...takes, [inbox]: CONTROL }, sends: { ...sends, [outbox]: CONTROL } }
}

function list(boxes: Readonly<Record<string, unknown>>): string {
  return Object.keys(boxes).join(', ')
}

function plural(word: string): string {
  return `${word}es`
}
