import { type Component, producerFinished, Scheduler } from '@udpng/core'
import { inspect } from '@udpng/inspector'
import { exitCodeOf } from './failure.js'
import { Notes } from './notes.js'

/** Options of runSystem: all optional. */
export interface RunSystemOptions {
  /** Where the inspector's address and the progress are written (default: new ones). */
  readonly notes?: Notes | undefined
  /** The port of an inspector; none without. */
  readonly inspect?: number | undefined
  /** After an interrupt, it may go on for so long to bring what it has begun to an end; milliseconds (default 2000). */
  readonly drainMs?: number
  /** Called at the first interrupt: for what does not listen to `control`. */
  readonly onInterrupt?: () => void
  /** A line that tells how far it is: asked for twice a second, when somebody watches. */
  readonly progress?: () => string
}

const PROGRESS_MS = 500

/**
 * Runs a component until it has ended, as the main job of the process.
 *
 * The first interrupt (SIGINT, SIGTERM) tells it `producerFinished`: it takes nothing more, and what it has begun is
 * brought to an end; after `drainMs` it is shut down. The second one leaves at once, with exit code 130 or 143.
 *
 * @returns the signal that interrupted it, if one did
 * @throws {UdpngError} rejects with what failed, see `Scheduler.run`
 */
export async function runSystem(
  system: Component,
  { notes = new Notes(), drainMs = 2000, ...options }: RunSystemOptions = {},
): Promise<NodeJS.Signals | undefined> {
  const scheduler = new Scheduler()
  const stop = new AbortController()
  let interrupted: NodeJS.Signals | undefined
  let timer: NodeJS.Timeout | undefined
  const interrupt = (signal: NodeJS.Signals): void => {
    notes.progress('')
    if (interrupted) process.exit(exitCodeOf(signal))
    interrupted = signal
    // The line that shows ^C is over.
    if (signal === 'SIGINT' && notes.watched) process.stderr.write('\n')
    options.onInterrupt?.()
    system.control.deliver(producerFinished())
    timer = setTimeout(() => stop.abort(), drainMs)
  }
  const inspector =
    options.inspect === undefined ? undefined : await inspect(scheduler, { port: options.inspect })
  const { progress } = options
  const ticker = progress && setInterval(() => notes.progress(progress()), PROGRESS_MS)
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  try {
    if (inspector) notes.answer(`inspector at ${inspector.url}`)
    scheduler.activate(system)
    await scheduler.run({ signal: stop.signal })
    return interrupted
  } finally {
    clearTimeout(timer)
    clearInterval(ticker)
    notes.progress('')
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    await inspector?.close()
  }
}
