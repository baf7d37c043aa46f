import { formatAddress } from '@udpng/basic-peer'
import type { Picture } from '@udpng/inspector'
import { InvalidArgumentError } from 'commander'
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
      cause.name !== 'TimeoutError',
    )
  })
  if (!response.ok)
    throw new NoInspector(
      `${base.origin} answers ${response.status}: give the whole URL that the inspector tells`,
    )
  // loaded here, because it takes longer to load than all else
  const { pictureSchema } = await import('./picture-schema.js')
  const found = pictureSchema().safeParse(await response.json().catch(() => undefined))
  if (!found.success) throw new NoInspector(`what answers at ${base.origin} is no inspector`)
  return found.data as Picture
}

/** Nobody tells what the system is like. */
export class NoInspector extends Error {
  /** Nobody is there at all; else somebody is, who does not answer, or not so. */
  readonly gone: boolean

  constructor(message: string, gone = false) {
    super(message)
    this.gone = gone
  }
}

function causeOf({ message, cause }: Error): string {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException
  return code === 'ECONNREFUSED' ? 'connection refused' : (code ?? message)
}
