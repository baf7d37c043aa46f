import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { authority } from './hosts.js'

/** The response to a refused request. */
export interface Refusal {
  readonly status: number
  readonly why: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The result for an accepted request. */
export interface Admission {
  /** Whether it had the token, or none is needed. Otherwise only the files of the page are served. */
  readonly trusted: boolean
}

/** The access rules of a server. */
export interface Rules {
  /** Valid values of `Host`: `127.0.0.1:7090`. */
  readonly names: ReadonlySet<string>
  readonly token: string | undefined
}

const MAX_HEADERS = 64
const MAX_URL_LENGTH = 2048

const CROSS_SITE: Refusal = {
  status: 403,
  why: 'cross-site request refused; open this address directly',
}

const NO_TOKEN: Refusal = {
  status: 401,
  why: 'token missing or wrong; open the address that the inspector printed, or send "Authorization: Bearer TOKEN"',
  headers: { 'WWW-Authenticate': 'Bearer' },
}

/**
 * Judges a request by its head alone: only GET and HEAD, without a body, with a valid Host, not cross-site, and with the
 * token if there is one.
 *
 * Against DNS rebinding: a page of another site whose name resolves to this machine still sends that name as Host. Against cross-site
 * requests: a browser sends Origin or Sec-Fetch-Site with them.
 */
export function judge(request: IncomingMessage, rules: Rules): Refusal | Admission {
  const refusal = refusalOfForm(request) ?? refusalOfOrigin(request, rules)
  if (refusal) return refusal
  const trusted = hasToken(request, rules)
  return trusted || isPageFile(pathOf(request.url ?? '')) ? { trusted } : NO_TOKEN
}

function refusalOfForm({
  method,
  headers,
  rawHeaders,
  url = '',
}: IncomingMessage): Refusal | undefined {
  if (method !== 'GET' && method !== 'HEAD')
    return {
      status: 405,
      why: 'only GET and HEAD are supported',
      headers: { Allow: 'GET, HEAD' },
    }
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0)
    return { status: 413, why: 'a request body is not supported' }
  if (headers.upgrade !== undefined) return { status: 400, why: 'upgrades are not supported' }
  if (headers.expect !== undefined) return { status: 417, why: 'Expect is not supported' }
  if (rawHeaders.length > 2 * MAX_HEADERS)
    return { status: 431, why: `more than ${MAX_HEADERS} headers` }
  if (url.length > MAX_URL_LENGTH)
    return { status: 414, why: `address longer than ${MAX_URL_LENGTH} characters` }
  if (!url.startsWith('/')) return { status: 400, why: 'not a proxy; send a path' }
  return undefined
}

function refusalOfOrigin(
  { headers, rawHeaders, socket }: IncomingMessage,
  { names }: Rules,
): Refusal | undefined {
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host')
  const host = headers.host?.toLowerCase()
  // If it listens on all addresses of this machine, the local address of the connection is a valid Host too: an IP address cannot be
  // rebound to another machine.
  const here = authority(socket.localAddress ?? '', socket.localPort ?? 0)
  if (hosts.length !== 1 || host === undefined || !(names.has(host) || host === here))
    return {
      status: 421,
      why: 'unknown Host; use the address that the inspector printed, or the IP address',
    }
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) return CROSS_SITE
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return CROSS_SITE
  return undefined
}

function hasToken({ headers, url = '' }: IncomingMessage, { token }: Rules): boolean {
  if (token === undefined) return true
  const given =
    /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? queryOf(url).get('token')
  return given !== null && isSame(given, token)
}

/** The files of the page are those of the published package: they reveal nothing about this program. */
function isPageFile(path: string): boolean {
  return path === '/' || path.startsWith('/assets/')
}

/** Compares in constant time. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}

/** The path of a URL as it was sent, not decoded. */
export function pathOf(url: string): string {
  return url.split('?', 1)[0] as string
}

/** The parameters of a URL. */
export function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.slice(pathOf(url).length))
}
