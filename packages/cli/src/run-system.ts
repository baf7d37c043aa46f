import { type Component, Scheduler } from '@udpng/core'

/**
 * Runs components until all have ended, as the main job of the process: an interrupt (SIGINT, SIGTERM) asks them to
 * shut down, a second one leaves at once.
 *
 * @throws {UdpngError} rejects with what failed, see `Scheduler.run`
 */
export async function runSystem(...components: readonly Component[]): Promise<void> {
  const stop = new AbortController()
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(1)
    stop.abort()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    const scheduler = new Scheduler()
    for (const component of components) scheduler.activate(component)
    await scheduler.run({ signal: stop.signal })
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}
