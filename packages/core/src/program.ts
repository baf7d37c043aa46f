import type { Component } from './component.js'
import { producerFinished } from './control.js'
import type { ErrorReport } from './error-reports.js'
import { UdpngError } from './errors.js'
import { callback, checkOptions, number, type OptionTable } from './options.js'
import { printable } from './process-events.js'
import { Scheduler } from './scheduler.js'

/** Signals that end a program gracefully, with their numbers. */
const INTERRUPTS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

/** A signal that ends a program gracefully. SIGQUIT is not handled: the system ends the process at once, with a core dump. */
export type Interrupt = keyof typeof INTERRUPTS

/**
 * Milliseconds after the first interrupt in which another one is a repetition: `timeout` signals its child and its process
 * group, and a terminal that closes sends SIGHUP twice. A user who presses Ctrl-C again needs longer.
 */
const REPEAT_MS = 500

/** Options of a program: all optional. */
export interface ProgramOptions {
  /** Deadline of the drain after an interrupt, milliseconds (default 2000); then the program is shut down. */
  readonly drainMs?: number
  /** The scheduler that runs it (default: a new one). */
  readonly scheduler?: Scheduler
  /** Called at the first interrupt, and before the process exits at the second one. */
  readonly onInterrupt?: (signal: Interrupt, isSecond: boolean) => void
  /** Called with each error that no outbox leads to an inbox, see `Scheduler.run` (default: the first of each kind is a process warning). */
  readonly onReport?: ((report: ErrorReport) => void) | undefined
}

const OPTIONS = {
  drainMs: {
    kind: number,
    unit: 'milliseconds',
    min: 0,
    default: 2000,
  },
  scheduler: {
    kind: {
      accepts: (value) => value instanceof Scheduler,
      must: () => 'a Scheduler',
    },
  },
  onInterrupt: {
    kind: callback,
  },
  onReport: {
    kind: callback,
  },
} as const satisfies OptionTable<ProgramOptions>

/**
 * Runs a component as the main job of the process until it ends, and shuts it down gracefully on an interrupt.
 *
 * The first interrupt (SIGINT, SIGTERM or SIGHUP) delivers `producerFinished` to its `control`: the program drains.
 * After `drainMs` it is shut down. A second interrupt, at least 500 ms after the first, ends the process
 * at once with exit code 128 + the number of the signal.
 *
 * A failure sets the exit code to 1 and is printed on standard error: the message of a UdpngError, the stack of any other error.
 *
 * @example
 * await runProgram(new Pipeline(new UDPReceiver({ localPort: 5140 }), new ConsoleEchoer()))
 */
export async function runProgram(component: Component, options?: ProgramOptions): Promise<void> {
  const { process } = globalThis
  try {
    await runUntilInterrupted(component, options)
  } catch (error) {
    if (!process) throw error
    process.stderr.write(`${printable(textOf(error))}\n`)
    process.exitCode = 1
  }
}

/**
 * Runs a component as `runProgram` does, but rejects on a failure.
 *
 * @returns the first interrupt; undefined if none came
 * @throws {UdpngError} rejects with `BAD_OPTION` for an unknown or invalid option; with a component's failure, see
 *   `Scheduler.run`
 */
export async function runUntilInterrupted(
  component: Component,
  options?: ProgramOptions,
): Promise<Interrupt | undefined> {
  const {
    drainMs = OPTIONS.drainMs.default,
    scheduler = new Scheduler(),
    onInterrupt,
    onReport,
  } = checkOptions<ProgramOptions>('run program', OPTIONS, options)
  const { process } = globalThis
  const stop = new AbortController()
  let first: Interrupt | undefined
  let firstAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const interrupt = (signal: Interrupt): void => {
    const now = performance.now()
    if (first && now - firstAt < REPEAT_MS) return
    onInterrupt?.(signal, first !== undefined)
    if (first) process.exit(128 + INTERRUPTS[signal])
    first = signal
    firstAt = now
    component.control.deliver(producerFinished())
    timer = setTimeout(() => stop.abort(), drainMs)
  }
  const signals = process?.pid ? (Object.keys(INTERRUPTS) as Interrupt[]) : []
  for (const signal of signals) process.on(signal, interrupt)
  try {
    scheduler.activate(component)
    await scheduler.run({ signal: stop.signal, onReport })
    return first
  } finally {
    clearTimeout(timer)
    const leave = (): void => {
      for (const signal of signals) process.off(signal, interrupt)
    }
    // A repetition of the interrupt must not end a process that prints its last lines.
    if (first) unref(setTimeout(leave, REPEAT_MS))
    else leave()
  }
}

function unref(timer: { unref?: () => unknown }): void {
  timer.unref?.()
}

function textOf(error: unknown): string {
  if (error instanceof UdpngError) return error.message
  return String((error as Error | undefined)?.stack ?? error)
}
