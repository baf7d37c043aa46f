import { randomBytes } from 'node:crypto'
import { Scheduler, UdpngError } from '@udpng/core'
import { Announcements } from './announcements.js'
import { isLoopback } from './hosts.js'
import { readPage } from './page.js'
import { routesOf } from './routes.js'
import { Watch } from './watch.js'
import { WebServer } from './web-server.js'

/** Options of an inspector: all optional. */
export interface InspectOptions {
  /** TCP port of the page: a whole number from 0 to 65535; 0 is any that is free (default 7090). */
  readonly port?: number
  /**
   * Name or IP address that it listens on (default "127.0.0.1"). With one that is not of this machine alone, whoever
   * comes needs a token.
   */
  readonly host?: string
  /**
   * What everybody has to know who wants to see anything: 16 characters at least, letters, digits, `-`, `_`, `.` and `~` (default: none on
   * 127.0.0.1, else one is made up). It is part of `url`.
   */
  readonly token?: string
}

/** A page that shows a running system. */
export interface Inspector {
  /** Where the page is: `http://127.0.0.1:7090/`, with the token if one is needed. */
  readonly url: string
  /** Closes the page and all connections to it, and lets go of the scheduler. Once is enough; more do no harm. */
  close(): Promise<void>
}

/** Where it listens. */
interface Place {
  readonly port: number
  readonly host: string
  readonly token: string | undefined
}

/**
 * Shows a scheduler and all that runs on it: as a page, as JSON, as metrics. It looks on and changes nothing, keeps no
 * program alive, and prints nothing; what it shows when the run is over stays until `close()`.
 *
 * It looks once a second, twice a second while somebody watches, and rests for 50 times as long as a look took.
 *
 * @example
 * const scheduler = new Scheduler()
 * const { url } = await inspect(scheduler)
 * console.log(url)
 *
 * @param scheduler - what runs the components
 * @param options.port - TCP port, 0-65535; 0 is any that is free (default 7090)
 * @param options.host - name or IP address that it listens on (default "127.0.0.1")
 * @param options.token - what everybody has to know, 16 characters at least (default: none on 127.0.0.1, else made up)
 * @throws {UdpngError} rejects with `BAD_OPTION` for what is no scheduler, for a value that is none, and for another option;
 *   with `BIND_FAILED` when it cannot listen there, with what to do
 */
export async function inspect(
  scheduler: Scheduler,
  options: InspectOptions = {},
): Promise<Inspector> {
  if (!(scheduler instanceof Scheduler))
    throw new UdpngError('BAD_OPTION', 'inspect needs the Scheduler that runs the components')
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

function settle({ port = 7090, host = '127.0.0.1', token, ...others }: InspectOptions): Place {
  const [other] = Object.keys(others)
  if (other !== undefined)
    throw new UdpngError(
      'BAD_OPTION',
      `inspect has no option ${other}; it has port, host and token`,
    )
  demand(
    Number.isInteger(port) && port >= 0 && port <= 65535,
    `port is ${String(port)}; it must be a whole number from 0 to 65535`,
  )
  demand(
    typeof host === 'string' && /^[\w.:%-]+$/.test(host),
    `host is ${JSON.stringify(host)}; it must be a name or an IP address`,
  )
  // What it is instead is not told: it is a secret.
  demand(
    token === undefined || (typeof token === 'string' && /^[\w.~-]{16,}$/.test(token)),
    'token must be 16 characters at least, letters, digits, - _ . ~ only',
  )
  return { port, host, token: token ?? (isLoopback(host) ? undefined : newToken()) }
}

function demand(ok: boolean, otherwise: string): void {
  if (!ok) throw new UdpngError('BAD_OPTION', otherwise)
}

/** 144 bits: nobody guesses it. */
function newToken(): string {
  return randomBytes(18).toString('base64url')
}
