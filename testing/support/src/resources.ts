import { readdirSync, readlinkSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { eventually } from './eventually.js'

/** Sockets that this process has open. */
export function openSockets(): number {
  let count = 0
  for (const fd of readdirSync('/proc/self/fd'))
    try {
      if (readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:')) count++
    } catch {
      // the descriptor of this very listing is closed by now
    }
  return count
}

/** Bytes of live objects, after a full collection. */
export function liveHeap(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

/** Timers and immediates that wait, and handles that are open, by kind. */
export function activeResources(): readonly string[] {
  return process.getActiveResourcesInfo()
}

/**
 * Waits until there is nothing active that was not before. The test runner has timers of its own, which come and go, so a look at
 * one moment shows nothing.
 *
 * @param before - what `activeResources` returned then
 */
export async function nothingNew(before: readonly string[]): Promise<void> {
  const added = (): string[] => {
    const rest = [...before]
    return activeResources().filter((kind) => {
      const at = rest.indexOf(kind)
      if (at >= 0) rest.splice(at, 1)
      return at < 0
    })
  }
  await eventually(
    () => added().length === 0,
    () => `that ${added()} is gone`,
  )
}
