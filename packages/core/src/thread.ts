import type { Control, ShutdownMicroprocess } from './control.js'
import { quietly, UdpngError } from './errors.js'
import { failureOf } from './failure-of.js'
import { hasMessages } from './has-messages.js'
import { type Main, type Microprocess, PAUSED, READY } from './microprocess.js'

/** Yields that a `finally` block may make while its component is being closed. */
const MAX_CLOSING_YIELDS = 100

/** How a component ended. */
export interface Ending {
  /** What it was closed with. */
  readonly closed?: ShutdownMicroprocess
  /** What `main` returned. */
  readonly returned?: Control | undefined
  readonly failure: UdpngError | undefined
}

/** Makes the next step of a component. Returns how the component ended, when this was its last step. */
export function stepThread(process: Microprocess): Ending | undefined {
  const isFirst = !process.thread
  let ending: Ending | undefined
  process.busy = true
  try {
    process.thread ??= threadOf(process)
    const { thread } = process
    const { done, value } = thread.next()
    if (done) ending = { returned: wordOf(value), failure: undefined }
    else if (value !== undefined) throw wrongYield(process.name, thread)
  } catch (thrown) {
    ending = { failure: failureOf(process.name, thrown) }
  }
  process.busy = false
  // What was delivered before the first step did not wake the component.
  if (isFirst && process.state === PAUSED && hasMessages(process)) process.state = READY
  return ending
}

/** The generator of a component. */
function threadOf({ component, name }: Microprocess): Main {
  const thread = component.main() as Main | undefined
  if (typeof thread?.next === 'function' && !(Symbol.asyncIterator in thread)) return thread
  throw new UdpngError(
    'COMPONENT_FAILED',
    `${name} failed: main is not a generator; write *main(), and yield* this.until(promise) to wait for a promise`,
  )
}

/** Ends a thread: its `finally` blocks run. They may yield, but not without end. */
export function closeThread({ thread }: Microprocess): void {
  if (!thread) return
  let { done } = thread.return()
  for (let i = MAX_CLOSING_YIELDS; !done && i--; ) done = thread.next().done
  if (!done) thread.return()
}

/** Ends a thread that yielded a value, and returns the error that says so. */
function wrongYield(name: string, thread: Main): UdpngError {
  quietly(() => thread.return())
  return new UdpngError(
    'COMPONENT_FAILED',
    `${name} failed: main yielded a value; write yield* (with the star) before sleep(), until() and other generators`,
  )
}

/** The control message that `main` returned; undefined when it returned anything else. */
function wordOf(value: unknown): Control | undefined {
  const { kind } = Object(value) as Control
  return kind === 'producerFinished' || kind === 'shutdownMicroprocess'
    ? (value as Control)
    : undefined
}
