import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { authority, plainAddress } from './hosts.js'

/** Why a request is not answered. */
export interface Refusal {
  readonly status: number
  readonly why: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Whom a server answers. */
export interface Rules {
  /** What a browser may call it: `127.0.0.1:7090`. */
  readonly names: ReadonlySet<string>
  readonly token: string | undefined
}

const MOST_HEADERS = 64
const MOST_URL = 2048

/**
 * Why a request is refused, if it is: only GET and HEAD, without a body, to a name of ours, from nobody's page but ours, and with the
 * token if there is one.
 *
 * A page from elsewhere whose name is made to resolve to this machine (DNS rebinding) still says that name as Host; a page that
 * sends requests from elsewhere says so as Origin or Sec-Fetch-Site.
 */
export function refusalOf(request: IncomingMessage, rules: Rules): Refusal | undefined {
  const { method, headers, rawHeaders, url = '' } = request
  if (method !== 'GET' && method !== 'HEAD')
    return {
      status: 405,
      why: 'only GET and HEAD: nothing can be changed',
      headers: { Allow: 'GET, HEAD' },
    }
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0)
    return { status: 413, why: 'no body is taken' }
  if (headers.upgrade !== undefined) return { status: 400, why: 'nothing to upgrade to' }
  if (headers.expect !== undefined) return { status: 417, why: 'nothing to expect' }
  if (rawHeaders.length > 2 * MOST_HEADERS) return { status: 431, why: 'too many headers' }
  if (url.length > MOST_URL) return { status: 414, why: 'the address is too long' }
  if (!url.startsWith('/')) return { status: 400, why: 'no proxy' }
  return refusalOfOrigin(request, rules) ?? refusalOfToken(request, rules)
}

function refusalOfOrigin(
  { headers, rawHeaders, socket }: IncomingMessage,
  { names }: Rules,
): Refusal | undefined {
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host')
  const host = headers.host?.toLowerCase()
  // Where it listens on all addresses of this machine, the one that was come to is its name, too: an address cannot be made to
  // mean another machine.
  const here = authority(plainAddress(socket.localAddress), socket.localPort ?? 0)
  if (hosts.length !== 1 || host === undefined || !(names.has(host) || host === here))
    return {
      status: 421,
      why: 'wrong Host: use the address that the inspector gave, or the IP address',
    }
  if (headers.origin !== undefined && headers.origin !== `http://${host}`)
    return { status: 403, why: 'not for pages from elsewhere' }
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return { status: 403, why: 'not for pages from elsewhere: type the address, or paste it' }
  return undefined
}

function refusalOfToken(
  { headers, url = '' }: IncomingMessage,
  { token }: Rules,
): Refusal | undefined {
  // The files of the page are those of the published package: they tell nothing about this program.
  if (token === undefined || pathOf(url).startsWith('/assets/')) return undefined
  const given =
    /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? queryOf(url).get('token')
  if (given !== null && isSame(given, token)) return undefined
  return {
    status: 401,
    why: 'a token is needed: it is in the address that the inspector gave',
    headers: { 'WWW-Authenticate': 'Bearer' },
  }
}

/** Takes as long whatever is wrong. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}

/** The path of an address, as it was sent: nothing in it is taken apart. */
export function pathOf(url: string): string {
  return url.split('?', 1)[0] as string
}

/** What an address asks for. */
export function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.slice(pathOf(url).length))
}
