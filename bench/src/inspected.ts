import { inspect } from '@udpng/inspector'
import { Scheduler } from 'udpng'
import type { Load } from './load.js'

/** A scheduler, and the port of the page that shows it, if there is to be one. */
export async function schedulerFor(
  inspected: Load['inspected'],
): Promise<{ scheduler: Scheduler; page?: number }> {
  const scheduler = new Scheduler()
  if (inspected === undefined || inspected === 'no') return { scheduler }
  const { url } = await inspect(scheduler, { port: 0 })
  return { scheduler, page: Number(new URL(url).port) }
}
