import { type Component, Scheduler, UdpngError } from '@udpng/core'
import { ManualClock } from 'test-support'

/** Starts a component, and gives what makes n cycles: by default enough for all to come to rest. */
export function start(component: Component): (cycles?: number) => void {
  const scheduler = new Scheduler({ clock: new ManualClock() })
  scheduler.activate(component)
  return (cycles = 50) => {
    for (let i = 0; i < cycles; i++) scheduler.step()
  }
}

/** What is thrown, which must be a UdpngError. */
export function refusal(act: () => unknown): UdpngError {
  try {
    act()
  } catch (error) {
    if (error instanceof UdpngError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
