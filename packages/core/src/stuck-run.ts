import type { Microprocess } from './microprocess.js'
import { debugEvery, emitWarning, whenLoopIsEmpty } from './process-events.js'
import type { TimeSlices } from './time-slices.js'
import { whoWaits } from './who-waits.js'

/** After this time without a step, NODE_DEBUG=udpng prints what each component waits for. */
const IDLE_MS = 5000

/**
 * Watches a run. It emits a process warning if the event loop is empty and the run is not over, unless a component is unref'd. With NODE_DEBUG=udpng it
 * prints once each time that no component has made a step for 5 s. Both texts say what each component waits for.
 *
 * @returns stops watching
 */
export function watchForStuckRun(living: Iterable<Microprocess>, slices: TimeSlices): () => void {
  const forgetLoop = whenLoopIsEmpty(() => {
    for (const { hooks, component } of living) if (hooks.isUnref(component)) return
    emitWarning(
      'UDPNG_STUCK',
      `a run cannot go on: every component waits, and no timer or socket is left that could wake one\n${whoWaits(living)}`,
    )
  })
  let { count } = slices
  let described = -1
  const forgetDebug = debugEvery(IDLE_MS, () => {
    const isIdle = !slices.requested && slices.count === count
    count = slices.count
    if (!isIdle || described === count) return undefined
    described = count
    return `no component has made a step for ${IDLE_MS / 1000} s\n${whoWaits(living)}`
  })
  return () => {
    forgetLoop()
    forgetDebug()
  }
}
