import type { Counts } from './counts.js'
import { COUNTED, Figures } from './figures.js'
import type { Microprocess } from './microprocess.js'
import { Passage } from './passage.js'

/** Collects the figures of a component, and of everything it started. */
export function figuresOf(process: Microprocess): Figures {
  const figures = new Figures()
  const passage = new Passage()
  if (process.released) passage.plus(process.released)
  for (const [, box] of process.boxes()) passage.add(box)
  figures.in = passage.delivered
  figures.out = passage.sent + passage.reports
  figures.entered = passage.reports
  figures.waiting = passage.waiting
  figures.drop('inboxFull', passage.dropped - passage.unread)
  figures.drop('unread', passage.unread)
  figures.drop('unlinked', passage.unlinked)
  addCounts(figures, countsOf(process) ?? guess(passage))
  addParts(figures, process)
  return figures
}

/** Adds the figures of everything a component started, including ended components. */
export function addParts(figures: Figures, { past, children, unsettled }: Microprocess): void {
  for (const [name, part] of past?.parts ?? []) figures.addPart(name, part)
  for (const child of children ?? []) addPart(figures, child)
  for (const child of unsettled ?? []) addPart(figures, child)
}

function addPart(figures: Figures, process: Microprocess): void {
  // A service serves all parts; it is not a part itself.
  if (!process.isService) figures.addPart(process.group, figuresOf(process))
}

/** The counts that a component reports; none if it throws, or if a count is not a number. */
function countsOf(process: Microprocess): Counts | undefined {
  try {
    const counts = process.accounting()
    return counts && areFinite(counts) ? counts : undefined
  } catch {
    return undefined
  }
}

function areFinite(counts: Counts): boolean {
  const { dropped = {}, refused = 0, kernelDrops: drops } = counts
  return (
    COUNTED.every((key) => Number.isFinite(counts[key] ?? 0)) &&
    [refused, ...Object.values(dropped)].every(Number.isFinite) &&
    (!drops || [drops.atLeast, drops.atMost, drops.about].every(Number.isFinite))
  )
}

/** Derives the counts of a component that reports none from its boxes: messages that leave but did not come in were created there. */
function guess({ inboxes, outboxes, rest }: Passage): Counts {
  if (rest < 0) return { entered: -rest, complete: inboxes === 0 }
  return outboxes > 0 ? { complete: inboxes === 0 } : { consumed: rest }
}

function addCounts(figures: Figures, counts: Counts): void {
  const { dropped, kernelDrops, refused } = counts
  for (const key of COUNTED) figures[key] += counts[key] ?? 0
  figures.refused = refused
  if (kernelDrops) figures.addKernelDrops(kernelDrops)
  for (const [reason, count] of Object.entries(dropped ?? {})) figures.drop(reason, count)
  if (counts.complete === false) figures.incomplete = 1
}
