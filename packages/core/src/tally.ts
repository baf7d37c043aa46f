import type { Account, Bounds, Counts } from './account.js'
import { Component } from './component.js'
import type { Microprocess } from './microprocess.js'
import { Passed } from './passed.js'

/** Figures of components that share a name, without those of their parts; and the same of their parts. */
export class Tally {
  in = 0
  entered = 0
  out = 0
  consumed = 0
  waiting = 0
  unaccounted = 0
  kernelDrops: Bounds | undefined
  refused: number | undefined
  complete = true
  readonly dropped: Map<string, number> = new Map()
  readonly parts: Map<string, Tally> = new Map()

  /** Adds a component and all that it started. */
  add(process: Microprocess): void {
    this.#addFigures(process)
    if (process.past) this.merge(process.past)
    if (process.children) for (const child of process.children) this.addPart(child)
  }

  /** Adds a component and all that it started, as a part; services, which serve all parts, are none. */
  addPart(process: Microprocess): void {
    if (process.isService) return
    this.#part(process.label ?? process.className).add(process)
  }

  /** The account: the figures with those of all parts added. */
  total(): Account {
    const total = new Tally()
    total.#addOwn(this)
    const parts: Record<string, Account> = Object.create(null)
    for (const [name, part] of this.parts) {
      const account = part.total()
      parts[name] = account
      total.#addOwn({ ...account, dropped: new Map(Object.entries(account.dropped)) })
    }
    const dropped: Record<string, number> = Object.create(null)
    for (const [reason, count] of total.dropped) dropped[reason] = count
    return { ...total, dropped, parts }
  }

  /** Adds the figures of another one, and its parts by name. */
  merge(other: Tally): void {
    this.#addOwn(other)
    for (const [name, part] of other.parts) this.#part(name).merge(part)
  }

  #part(name: string): Tally {
    let part = this.parts.get(name)
    if (!part) {
      part = new Tally()
      this.parts.set(name, part)
    }
    return part
  }

  #addOwn(other: Omit<Tally, 'parts' | 'add' | 'addPart' | 'merge' | 'total'>): void {
    for (const key of ['in', 'entered', 'out', 'consumed', 'waiting', 'unaccounted'] as const)
      this[key] += other[key]
    this.#addRest(other)
    for (const [reason, count] of other.dropped) this.#drop(reason, count)
  }

  #addRest({ kernelDrops, refused, complete = true }: Omit<Counts, 'dropped'>): void {
    this.complete &&= complete
    this.kernelDrops = plus(this.kernelDrops, kernelDrops)
    if (refused !== undefined) this.refused = (this.refused ?? 0) + refused
  }

  #drop(reason: string, count: number): void {
    if (count) this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + count)
  }

  /** Adds what one component did itself, seen from its boxes and from what it says. */
  #addFigures(process: Microprocess): void {
    const passed = process.released?.copy() ?? new Passed()
    for (const [, box] of Component.boxesOf(process)) passed.add(box)
    const { inboxFull, unread, unlinked, takes, sends } = passed
    const counts = countsOf(process)
    const delivered = passed.delivered + (counts?.in ?? 0)
    const sent = passed.sent + (counts?.out ?? 0)
    let { entered = 0, consumed = 0, waiting = 0 } = counts ?? {}
    entered += passed.reported
    waiting += passed.waiting
    let lost = inboxFull + unread + unlinked
    for (const [reason, count] of Object.entries({ inboxFull, unread, unlinked }))
      this.#drop(reason, count)
    for (const [reason, count] of Object.entries(counts?.dropped ?? {})) {
      lost += count
      this.#drop(reason, count)
    }
    const rest = delivered + entered - sent - consumed - waiting - lost
    if (counts) this.unaccounted += rest
    else if (rest < 0) entered -= rest
    else if (sends) this.unaccounted += rest
    else consumed += rest
    this.in += delivered
    this.entered += entered
    this.out += sent
    this.consumed += consumed
    this.waiting += waiting
    this.#addRest(counts ?? { complete: !(takes && sends) })
  }
}

/** The account of a component and of what it started. */
export function accountOf(process: Microprocess): Account {
  const tally = new Tally()
  tally.add(process)
  return tally.total()
}

/** What a component says of itself; one whose `accounting` throws says nothing. */
function countsOf({ component }: Microprocess): Counts | undefined {
  try {
    return component['accounting']()
  } catch {
    return undefined
  }
}

function plus(a: Bounds | undefined, b: Bounds | undefined): Bounds | undefined {
  if (!a || !b) return a ?? b
  return {
    atLeast: a.atLeast + b.atLeast,
    atMost: a.atMost + b.atMost,
    about: a.about + b.about,
  }
}
