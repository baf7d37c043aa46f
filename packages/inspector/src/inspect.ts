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
  /** TCP port of the page: a whole number from 0 to 65535; 0 is any that is free (default 7090). */
  readonly port?: number
  /**
   * Name or IP address that it listens on (default "127.0.0.1"). With one that other machines can reach, every
   * request needs a token.
   */
  readonly host?: string
  /**
   * The secret that every request needs: 16 characters at least, letters, digits, `-`, `_`, `.` and `~` (default: none on
   * 127.0.0.1, otherwise random). It is part of `url`.
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
    text: 'TCP port of the page; 0 is any free one',
  },
  host: {
    kind: {
      accepts: (value) => typeof value === 'string' && /^[\w.:%-]+$/.test(value),
      must: () => 'a host name or IP address',
    },
    default: '127.0.0.1',
    text: 'name or IP address that it listens on',
  },
  token: {
    kind: {
      accepts: isToken,
      must: () => TOKEN,
    },
    text: 'what each client must send (default: none on 127.0.0.1, otherwise random)',
  },
} as const satisfies OptionTable<InspectOptions>

/** A page that shows a running system. */
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
 * Shows a scheduler and all that runs on it: as a page, as JSON, as metrics. It looks on and changes nothing, keeps no
 * program alive, and prints nothing; what it shows when the run is over stays until `close()`.
 *
 * It samples once a second, twice a second while a page is open, and rests for 50 times as long as a sample took.
 *
 * @example
 * const scheduler = new Scheduler()
 * const { url } = await inspect(scheduler)
 * console.log(url)
 *
 * @param scheduler - what runs the components
 * @param options.port - TCP port, 0-65535; 0 is any that is free (default 7090)
 * @param options.host - name or IP address that it listens on (default "127.0.0.1")
 * @param options.token - the secret that every request needs, 16 characters at least (default: none on 127.0.0.1, otherwise random)
 * @throws {UdpngError} rejects with `BAD_OPTION` for a value that is not a scheduler, for an invalid value, and for an unknown option;
 *   with `BIND_FAILED` when it cannot listen there, with what to do
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
  // Before all others, and without its value: it is a secret.
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
