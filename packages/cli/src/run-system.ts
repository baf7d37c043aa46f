import { type Component, Scheduler } from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import { type Interrupt, runUntilInterrupted } from '@udpng/core/program'
import { inspect } from '@udpng/inspector'
import type { Complaints } from './output/complaints.js'
import { LossLines } from './output/loss-lines.js'
import { lossesOf, unintended } from './output/losses.js'
import { Notes } from './output/notes.js'

/** Options of runSystem: all optional. */
export interface RunSystemOptions {
  /** The output for the inspector's address and the progress (default: standard error). */
  readonly notes?: Notes | undefined
  /** The port of an inspector; none without. */
  readonly inspect?: number | undefined
  /** Deadline of the drain after an interrupt, milliseconds (default 2000). */
  readonly drainMs?: number
  /** Called at the first interrupt: for what does not listen to `control`. */
  readonly onInterrupt?: () => void
  /** Returns the progress line: called twice a second, on a terminal. */
  readonly progress?: () => string
  /** Writes what is lost while it runs, a line a second at most (default false). */
  readonly lossLines?: boolean
  /** Names the part of each loss in these lines (default false). */
  readonly byPart?: boolean
  /** Prints the errors that no inbox reads (default: the first of each kind is a process warning). */
  readonly complaints?: Complaints
}

const PROGRESS_MS = 500

/**
 * Runs the component of a command until it has ended, with an inspector, a line of progress and lines about losses where they
 * are asked for. Interrupts end it gracefully, see `runUntilInterrupted`.
 *
 * @returns the signal that interrupted it; undefined when none did
 * @throws {UdpngError} rejects with what failed, see `Scheduler.run`
 */
export async function runSystem(
  system: Component,
  { notes = new Notes(), drainMs = 2000, ...options }: RunSystemOptions = {},
): Promise<Interrupt | undefined> {
  const scheduler = new Scheduler()
  const inspector =
    options.inspect === undefined ? undefined : await inspect(scheduler, { port: options.inspect })
  const { progress, complaints, byPart = false } = options
  const losses = () => unintended(lossesOf(accountOf(system), { byPart }))
  const lossLines = options.lossLines ? new LossLines(notes, losses) : undefined
  const ticker = progress && setInterval(() => notes.progress(progress()), PROGRESS_MS)
  const onInterrupt = (signal: Interrupt, isSecond: boolean): void => {
    notes.progress('')
    if (isSecond) return
    if (signal === 'SIGINT') notes.newLine()
    options.onInterrupt?.()
  }
  try {
    lossLines?.start()
    const run = runUntilInterrupted(system, {
      scheduler,
      drainMs,
      onInterrupt,
      onReport: complaints && (({ error }) => complaints.add(error)),
    })
    // From here on an interrupt is graceful, and a program that reads this line may send one at once.
    if (inspector) notes.answer(`inspector at ${inspector.url}`)
    return await run
  } finally {
    clearInterval(ticker)
    lossLines?.stop()
    notes.progress('')
    complaints?.flush()
    await inspector?.close()
  }
}
