import { formatAddress } from '@udpng/datagram'
import type { Picture } from '@udpng/inspector'
import { InvalidArgumentError } from 'commander'
import { destination } from '../options/endpoint.js'
import { grouped } from '../options/quantities.js'

/** Timeout of a request, milliseconds. An inspector on this machine, or near it, answers within milliseconds. */
const TIMEOUT_MS = 5000
/** Maximum size of a response, bytes. 500 typical components are 0.5 MB, and at most 20 MB with all that an inspector shows of each. */
const MAX_BYTES = 33_554_432
/** Maximum number of components in a picture. An inspector shows 500 living and 128 ended ones. */
const MAX_COMPONENTS = 1000

/** Reads the address of an inspector: a URL, `HOST:PORT` or `:PORT`. */
export function inspectorUrl(text: string): URL {
  if (!/^https?:/.test(text)) return new URL(`http://${formatAddress(destination(text))}/`)
  if (!URL.canParse(text)) throw new InvalidArgumentError('It must be a URL, HOST:PORT or :PORT.')
  return new URL(text)
}

/**
 * Reads the current picture from an inspector. The token in the URL is sent as a header, so that it is in no log. Time, bytes and
 * components are bounded, whatever the server sends.
 *
 * @throws {NoInspector} if there is no response, or the response is not a picture; the message says what to do
 */
export async function fetchPicture(base: URL, signal: AbortSignal): Promise<Picture> {
  const deadline = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await request(base, AbortSignal.any([signal, deadline]))
  } catch (error) {
    signal.throwIfAborted()
    if (!deadline.aborted) throw error
    throw new NoInspector(
      `no inspector at ${base.origin} (no complete response within ${TIMEOUT_MS} ms): start a command with --inspect, or give the URL that it prints`,
    )
  }
}

async function request(base: URL, signal: AbortSignal): Promise<Picture> {
  const token = base.searchParams.get('token')
  const response = await fetch(new URL('snapshot', base), {
    signal,
    redirect: 'error',
    headers: token === null ? {} : { Authorization: `Bearer ${token}` },
  }).catch((cause: Error) => {
    throw new NoInspector(
      `no inspector at ${base.origin} (${causeOf(cause)}): start a command with --inspect, or give the URL that it prints`,
      true,
    )
  })
  if (!response.ok) {
    await response.body?.cancel()
    throw new NoInspector(
      `${base.origin} responded with status ${response.status}; use the whole URL that the inspector prints`,
    )
  }
  const text = await textOf(response, base)
  // loaded here, because it takes longer to load than all else
  const { pictureSchema } = await import('./picture-schema.js')
  const found = pictureSchema().safeParse(jsonOf(text))
  if (!found.success) throw new NoInspector(`the server at ${base.origin} is not an inspector`)
  const count = Object.keys(found.data.components).length
  if (count > MAX_COMPONENTS)
    throw new NoInspector(
      `${base.origin} returned ${grouped(count)} components; the maximum is ${grouped(MAX_COMPONENTS)}`,
    )
  return found.data as Picture
}

/** The text of a response; one that is too long is not read to its end. */
async function textOf({ body }: Response, { origin }: URL): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    // Leaving the loop early cancels the rest.
    for await (const chunk of body ?? []) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > MAX_BYTES) break
    }
  } catch (cause) {
    throw new NoInspector(
      `the response from ${origin} ended early (${causeOf(cause as Error)})`,
      true,
    )
  }
  if (bytes > MAX_BYTES)
    throw new NoInspector(
      `${origin} returned more than ${MAX_BYTES / 2 ** 20} MiB; it is not an inspector`,
    )
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reports that there is no picture of the system. */
export class NoInspector extends Error {
  /** Whether no server listens there; otherwise a server does not respond, or not with a picture. */
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
