import { setTimeout as sleep } from 'node:timers/promises'
import type { ComponentPicture, Picture } from '@udpng/inspector'
import { fetchPicture, NoInspector } from './fetch-picture.js'

const POLL_MS = 100
/** Maximum pause between two samples of an inspector on a busy machine, milliseconds. */
const MAX_WAIT_MS = 10_000

/**
 * Reads the next picture with a later time than `before`. An inspector pauses after a costly sample, and answers two requests with the
 * same picture meanwhile, from which no rate follows.
 *
 * @param whole - whether to wait also for a new reading of each component with traffic, as far as `MAX_WAIT_MS` allows
 * @throws {NoInspector} as `fetchPicture`, and if there is no new picture within `MAX_WAIT_MS`
 */
export async function nextPicture(
  url: URL,
  before: Picture,
  whole: boolean,
  signal: AbortSignal,
): Promise<Picture> {
  for (let waited = 0; ; waited += POLL_MS) {
    const picture = await fetchPicture(url, signal)
    const isNew = picture.time !== before.time
    const isLast = waited >= MAX_WAIT_MS
    if (isNew && (isLast || !whole || isComparable(picture, before))) return picture
    if (isLast)
      throw new NoInspector(
        `${url.origin} returned no new data for ${MAX_WAIT_MS / 1000} s; its program may be too busy`,
      )
    await sleep(POLL_MS, undefined, { signal })
  }
}

function isComparable(picture: Picture, before: Picture): boolean {
  return Object.entries(picture.components).every(([name, now]) => {
    const then = Object.hasOwn(before.components, name) ? before.components[name] : undefined
    if (!then || now.readAt === undefined) return true
    return now.readAt !== (then.readAt ?? before.time) || passedOf(now) === passedOf(then)
  })
}

function passedOf({ inboxes, outboxes }: ComponentPicture): number {
  let passed = 0
  for (const { taken } of Object.values(inboxes)) passed += taken
  for (const { sent } of Object.values(outboxes)) passed += sent
  return passed
}
