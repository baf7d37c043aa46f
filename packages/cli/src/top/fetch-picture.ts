import { formatAddress } from '@udpng/basic-peer'
import type { Picture } from '@udpng/inspector'
import { InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { destination } from '../endpoint.js'

/** An inspector is on this machine, or near: it answers within milliseconds. */
const TIMEOUT_MS = 5000

/** Reads the address of an inspector: a URL, `HOST:PORT` or `:PORT`. */
export function inspectorUrl(text: string): URL {
  if (!/^https?:/.test(text)) return new URL(`http://${formatAddress(...destination(text))}/`)
  if (!URL.canParse(text)) throw new InvalidArgumentError('It must be a URL, HOST:PORT or :PORT.')
  return new URL(text)
}

/**
 * Asks an inspector what its system is like at this moment.
 *
 * @throws an error that says what to do: when nobody answers, and for what is no such answer
 */
export async function fetchPicture(base: URL, signal: AbortSignal): Promise<Picture> {
  const url = new URL(`snapshot${base.search}`, base)
  const response = await fetch(url, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    redirect: 'error',
  }).catch((cause: Error) => {
    signal.throwIfAborted()
    const why = cause.name === 'TimeoutError' ? `no answer in ${TIMEOUT_MS} ms` : causeOf(cause)
    throw new NoInspector(
      `no inspector at ${base.origin} (${why}): start a command with --inspect, or give the URL that it tells`,
    )
  })
  if (!response.ok)
    throw new NoInspector(
      `${base.origin} answers ${response.status}: give the whole URL that the inspector tells`,
    )
  const found = pictureSchema().safeParse(await response.json().catch(() => undefined))
  if (!found.success) throw new NoInspector(`what answers at ${base.origin} is no inspector`)
  return found.data as Picture
}

/** Nobody tells what the system is like: there is none, or it has ended. */
export class NoInspector extends Error {}

function causeOf({ message, cause }: Error): string {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException
  return code === 'ECONNREFUSED' ? 'connection refused' : (code ?? message)
}

/** As much of a picture as a table shows; what a newer inspector tells besides is let through. */
function pictureSchema(): z.ZodType<Pick<Picture, 'time' | 'components' | 'links'>> {
  const count = z.number()
  const counts = z.record(z.string(), count)
  const inbox = z.looseObject({
    length: count,
    capacity: count.optional(),
    taken: count,
    dropped: count,
  })
  const component = z.looseObject({
    state: z.enum(['ready', 'paused', 'waiting', 'ended', 'failed']),
    parent: z.string().optional(),
    inboxes: z.record(z.string(), inbox),
    outboxes: z.record(z.string(), z.looseObject({ sent: count })),
    drops: counts,
    stats: counts.optional(),
    address: z.string().optional(),
    error: z.looseObject({ message: z.string() }).optional(),
  })
  return z.looseObject({
    time: count,
    components: z.record(z.string(), component),
    links: z.record(z.string(), z.string()),
  }) as unknown as z.ZodType<Picture>
}
