import type { Bounds } from './counts.js'

/** The counts that figures and the reports of components have in common. */
export const COUNTED = ['in', 'out', 'entered', 'consumed', 'waiting', 'received', 'sent'] as const

/** The figures of an account: of a component, or of several with the same name. */
export class Figures {
  in = 0
  out = 0
  entered = 0
  consumed = 0
  waiting = 0
  received = 0
  sent = 0
  /** Number of components that do not count all losses. */
  incomplete = 0
  refused: number | undefined
  kernelDrops: Bounds | undefined
  /** Dropped messages by reason. */
  dropped: Map<string, number> | undefined
  /** The figures of the components they started, by label. */
  parts: Map<string, Figures> | undefined

  /** Counts dropped messages. */
  drop(reason: string, count: number): void {
    if (count === 0) return
    this.dropped ??= new Map()
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + count)
  }

  /** Adds the figures of another one, with those of its parts. */
  add(other: Figures): void {
    this.addOwn(other)
    for (const [name, part] of other.parts ?? []) this.addPart(name, part)
  }

  /** Adds the figures of another one, without those of its parts. */
  addOwn(other: Figures): void {
    for (const key of COUNTED) this[key] += other[key]
    this.incomplete += other.incomplete
    if (other.refused !== undefined) this.refused = (this.refused ?? 0) + other.refused
    if (other.kernelDrops) this.addKernelDrops(other.kernelDrops)
    for (const [reason, count] of other.dropped ?? []) this.drop(reason, count)
  }

  addKernelDrops({ atLeast, atMost, about }: Bounds): void {
    const before = this.kernelDrops
    this.kernelDrops = {
      atLeast: (before?.atLeast ?? 0) + atLeast,
      atMost: (before?.atMost ?? 0) + atMost,
      about: (before?.about ?? 0) + about,
    }
  }

  /** Adds the figures of a part. */
  addPart(name: string, part: Figures): void {
    this.parts ??= new Map()
    let sum = this.parts.get(name)
    if (!sum) {
      sum = new Figures()
      this.parts.set(name, sum)
    }
    sum.add(part)
  }
}
