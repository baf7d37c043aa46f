import { type Component, producerFinished, Scheduler } from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import { inspect } from '@udpng/inspector'
import { exitCodeOf } from './failure.js'
import { LossLines } from './loss-lines.js'
import { lossesOf, unintended } from './losses.js'
import { Notes } from './notes.js'

/** What ends a command gracefully. SIGQUIT is left to the system: it ends a command at once, with a core dump. */
const INTERRUPTS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
/**
 * An interrupt that comes so soon after the first one is the same: `timeout` signals its child and its process group, a
 * terminal that closes sends SIGHUP twice. A person needs longer to press Ctrl-C again on purpose.
 */
const AGAIN_AFTER_MS = 500

/** Options of runSystem: all optional. */
export interface RunSystemOptions {
  /** Where the inspector's address and the progress are written (default: new ones). */
  readonly notes?: Notes | undefined
  /** The port of an inspector; none without. */
  readonly inspect?: number | undefined
  /** How long it may drain after an interrupt, milliseconds (default 2000). */
  readonly drainMs?: number
  /** Called at the first interrupt: for what does not listen to `control`. */
  readonly onInterrupt?: () => void
  /** A line that tells how far it is: asked for twice a second, when somebody watches. */
  readonly progress?: () => string
  /** Writes what is lost while it runs, a line a second at most (default false). */
  readonly lossLines?: boolean
  /** Names the part of each loss in these lines (default false). */
  readonly byPart?: boolean
}

const PROGRESS_MS = 500

/**
 * Runs a component until it has ended, as the main job of the process.
 *
 * The first interrupt (SIGINT, SIGTERM, SIGHUP) sends it `producerFinished`: it takes nothing more, and drains; after
 * `drainMs` it is shut down. A second one, at least `AGAIN_AFTER_MS` after the first, ends the process at once, with exit
 * code 128 + the number of the signal.
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
  let interruptedAt = 0
  let timer: NodeJS.Timeout | undefined
  const interrupt = (signal: NodeJS.Signals): void => {
    if (interrupted && performance.now() - interruptedAt < AGAIN_AFTER_MS) return
    notes.progress('')
    if (interrupted) process.exit(exitCodeOf(signal))
    interrupted = signal
    interruptedAt = performance.now()
    if (signal === 'SIGINT') notes.newLine()
    options.onInterrupt?.()
    system.control.deliver(producerFinished())
    timer = setTimeout(() => stop.abort(), drainMs)
  }
  const inspector =
    options.inspect === undefined ? undefined : await inspect(scheduler, { port: options.inspect })
  const { progress, byPart = false } = options
  const losses = () => unintended(lossesOf(accountOf(system), { byPart }))
  const lossLines = options.lossLines ? new LossLines(notes, losses) : undefined
  const ticker = progress && setInterval(() => notes.progress(progress()), PROGRESS_MS)
  for (const signal of INTERRUPTS) process.on(signal, interrupt)
  try {
    if (inspector) notes.answer(`inspector at ${inspector.url}`)
    scheduler.activate(system)
    lossLines?.start()
    await scheduler.run({ signal: stop.signal })
    return interrupted
  } finally {
    clearTimeout(timer)
    clearInterval(ticker)
    lossLines?.stop()
    notes.progress('')
    const leave = (): void => {
      for (const signal of INTERRUPTS) process.off(signal, interrupt)
    }
    // A copy of the interrupt that comes while the summary is written must not end the process.
    if (interrupted) setTimeout(leave, AGAIN_AFTER_MS).unref()
    else leave()
    await inspector?.close()
  }
}
