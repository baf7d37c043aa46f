import { randomBytes } from 'node:crypto'
import { Scheduler, UdpngError } from '@udpng/core'
import { checkOptions, mustBe, type OptionTable, show, whole } from '@udpng/core/options'
import { Announcements } from './announcements.js'
import { Watch } from './observe/watch.js'
import { isLoopback } from './serve/hosts.js'
import { readPage } from './serve/page.js'
import { routesOf } from './serve/routes.js'
import { WebServer } from './serve/web-server.js'

/** Options of an inspector: all optional. */
export interface InspectOptions {
  /** TCP port of the page: a whole number from 0 to 65535; 0 means any free one (default 7090). */
  readonly port?: number
  /**
   * Name or IP address to listen on (default "127.0.0.1"). If other machines can reach it, every
   * request except for the files of the page needs a token.
   */
  readonly host?: string
  /**
   * The secret that every request except for the files of the page needs: at least 16 characters, letters, digits, `-`, `_`, `.`
   * and `~` (default: none on a loopback address, otherwise random). It is part of `url`.
   */
  readonly token?: string
}

/** The rule for tokens, for messages. */
const TOKEN = '16 characters or more, letters, digits, - _ . ~ only'
const OPTIONS = {
  port: {
    kind: whole,
    min: 0,
    max: 65535,
    default: 7090,
  },
  host: {
    kind: {
      accepts: (value) => typeof value === 'string' && /^[\w.:%-]+$/.test(value),
      must: () => 'a host name or IP address',
    },
    default: '127.0.0.1',
  },
  token: {
    kind: {
      accepts: isToken,
      must: () => TOKEN,
    },
  },
} as const satisfies OptionTable<InspectOptions>

/** A running inspector. */
export interface Inspector {
  /** The URL of the page: `http://127.0.0.1:7090/`, with the token if one is needed. */
  readonly url: string
  /** Closes the page and all connections to it, and detaches from the scheduler. Further calls have no effect. */
  close(): Promise<void>
}

/** The address and the token of the server. */
interface Place {
  readonly port: number
  readonly host: string
  readonly token: string | undefined
}

/**
 * Serves the state of a scheduler and its components as a page, as JSON and as metrics. It changes nothing, does not keep the
 * process alive, and prints nothing. The last state stays available after the run, until `close()`.
 *
 * It samples once a second, twice a second while a page is open, and waits at least 50 times as long as a sample took.
 *
 * @example
 * const scheduler = new Scheduler()
 * const { url } = await inspect(scheduler)
 * console.log(url)
 *
 * @param scheduler - the scheduler to inspect
 * @param options.port - TCP port, 0-65535; 0 means any free one (default 7090)
 * @param options.host - name or IP address to listen on (default "127.0.0.1")
 * @param options.token - the secret of requests, at least 16 characters (default: none on a loopback address, otherwise random)
 * @throws {UdpngError} rejects with `BAD_OPTION` for a value that is not a scheduler, and for an unknown or invalid option;
 *   with `BIND_FAILED`, which says what to do, if it cannot listen there
 */
export async function inspect(scheduler: Scheduler, options?: InspectOptions): Promise<Inspector> {
  if (!(scheduler instanceof Scheduler))
    throw new UdpngError(
      'BAD_OPTION',
      `cannot inspect ${show(scheduler)}: ${mustBe('a scheduler', scheduler)}`,
    )
  const { host, port, token } = settle(options)
  const page = await readPage()
  const watch = new Watch(scheduler)
  const announcements = new Announcements(watch)
  const server = new WebServer(routesOf(watch, page), token)
  try {
    const url = await server.listen(host, port)
    let closed: Promise<void> | undefined
    return {
      url,
      close() {
        announcements.close()
        watch.close()
        closed ??= server.close()
        return closed
      },
    }
  } catch (error) {
    watch.close()
    throw error
  }
}

function settle(options: InspectOptions | undefined): Place {
  // Checked first, and reported without its value: it is a secret.
  if (options?.token !== undefined && !isToken(options.token))
    throw new UdpngError('BAD_OPTION', `cannot inspect: token must be ${TOKEN}`)
  const {
    port = OPTIONS.port.default,
    host = OPTIONS.host.default,
    token,
  } = checkOptions('inspect', OPTIONS, options)
  return { port, host, token: token ?? (isLoopback(host) ? undefined : newToken()) }
}

function isToken(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.~-]{16,}$/.test(value)
}

/** 144 random bits: it cannot be guessed. */
function newToken(): string {
  return randomBytes(18).toString('base64url')
}
