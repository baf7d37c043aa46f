import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { UdpngError } from '@udpng/core'
import { EventStream } from './event-stream.js'
import { judge, pathOf, queryOf, type Rules } from './guard.js'
import { authority, ownName } from './hosts.js'
import { Pace } from './pace.js'
import { Places } from './places.js'
import { type Content, type Routes, text } from './routes.js'

/** Maximum number of event streams. */
const MAX_STREAMS = 8
/** Maximum number of requests answered per second. */
const PER_SECOND = 100
/** The same for files of the page without the token: separate, so that these do not delay others. */
const FILES_PER_SECOND = 400
/** Maximum number of requests per connection. */
const MAX_REQUESTS = 100
const MAX_HEADER_BYTES = 8192
/** Timeouts for a client to send a request, and to read a response that is not a stream, milliseconds. */
const REQUEST_MS = 5000
const ANSWER_MS = 10_000

/** Headers of every response. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
}

/** Answers GET and HEAD requests of a bounded number of clients, and accepts no request body. It does not keep the process alive. */
export class WebServer {
  readonly #server: Server
  readonly #routes: Routes
  readonly #pace = new Pace(PER_SECOND)
  readonly #filePace = new Pace(FILES_PER_SECOND)
  readonly #places = new Places()
  readonly #streams = new Set<EventStream>()
  /** The current response of a connection. */
  readonly #answering = new WeakMap<Socket, ServerResponse>()
  #rules: Rules

  /** @param token - the secret that every request needs, if any */
  constructor(routes: Routes, token: string | undefined) {
    this.#routes = routes
    this.#rules = { names: new Set(), token }
    this.#server = createServer({
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: REQUEST_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: REQUEST_MS,
      connectionsCheckingInterval: 1000,
      // TCP keep-alive frees the place of a vanished client, even if nothing is sent.
      keepAlive: true,
      keepAliveInitialDelay: 10_000,
    })
    this.#server.maxRequestsPerSocket = MAX_REQUESTS
    this.#server.timeout = ANSWER_MS
    const handle = (request: IncomingMessage, response: ServerResponse) =>
      this.#handle(request, response)
    this.#server
      .on('connection', (socket) => {
        socket.unref()
        this.#places.add(socket)
      })
      .on('request', handle)
      .on('checkContinue', handle)
      .on('checkExpectation', handle)
      .on('clientError', refuseBytes)
  }

  /**
   * Starts to listen.
   *
   * @returns the address of its page
   * @throws {UdpngError} `BIND_FAILED` with what to do
   */
  async listen(host: string, port: number): Promise<string> {
    const server = this.#server
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(bindFailure(host, port, cause)))
      server.listen({ host, port }, resolve)
    })
    server.unref()
    server.on('error', () => {}) // a connection that could not be accepted is its client's loss
    const bound = (server.address() as AddressInfo).port
    const { token } = this.#rules
    const names = ['127.0.0.1', 'localhost', '::1', host.toLowerCase()]
    this.#rules = { names: new Set(names.flatMap((name) => authorities(name, bound))), token }
    const query = token === undefined ? '' : `?token=${token}`
    return `http://${authority(ownName(host), bound)}/${query}`
  }

  /** Closes all connections, and stops listening. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#pace.close()
      this.#filePace.close()
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  /** Judges a request before anything else: a refused one is answered at once, an accepted one gets its turn. */
  #handle(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    response.on('error', () => {}) // the client is gone
    // A client that pipelines requests.
    const before = this.#answering.get(socket)
    if (before && !before.writableEnded) {
      socket.destroy()
      return
    }
    this.#answering.set(socket, response)
    const verdict = judge(request, this.#rules)
    if ('why' in verdict) {
      response.shouldKeepAlive = false // it may send a body, or anything
      const { status, why, headers = {} } = verdict
      give(request, response, { ...text(status, `${why}\n`), headers })
      return
    }
    if (verdict.trusted) this.#places.trust(socket)
    this.#places.enter(socket, 'waiting')
    const pace = verdict.trusted ? this.#pace : this.#filePace
    const cancel = pace.next(() => {
      this.#places.enter(socket, 'answering')
      this.#answer(request, response)
    })
    response.once('close', () => {
      cancel()
      this.#places.enter(socket, 'idle')
    })
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (response.destroyed) return
    const { url = '', headers } = request
    const etag = headers['if-none-match']
    const answer = this.#routes({ path: pathOf(url), query: queryOf(url), etag })
    if ('body' in answer) give(request, response, answer)
    else this.#stream(request, response, answer.stream)
  }

  #stream(
    request: IncomingMessage,
    response: ServerResponse,
    start: (events: EventStream) => void,
  ): void {
    if (this.#streams.size >= MAX_STREAMS) {
      give(
        request,
        response,
        text(503, `${MAX_STREAMS} streams are open, the maximum; close one\n`),
      )
      return
    }
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream' })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    request.socket.setTimeout(0)
    this.#places.enter(request.socket, 'streaming')
    const events = new EventStream(response)
    this.#streams.add(events)
    events.onClose(() => void this.#streams.delete(events))
    start(events)
  }
}

function give(
  { method }: IncomingMessage,
  response: ServerResponse,
  { status = 200, type, body, headers }: Content,
): void {
  const length = status === 304 ? {} : { 'Content-Length': Buffer.byteLength(body) }
  response.writeHead(status, { ...HEADERS, 'Content-Type': type, ...length, ...headers })
  response.end(method === 'HEAD' ? undefined : body)
}

/** Closes a connection whose request is not HTTP, too large or too slow. */
function refuseBytes({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (socket.writable) {
    const status =
      code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? '408 Request Timeout'
          : '400 Bad Request'
    socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  }
  // What is written has gone to the kernel by now; whether it is read is not waited for.
  socket.destroy()
}

/** Values of `Host` that a browser may send: port 80 is omitted. */
function authorities(name: string, port: number): string[] {
  const whole = authority(name, port)
  return port === 80 ? [whole, whole.replace(/:80$/, '')] : [whole]
}

function bindFailure(host: string, port: number, cause: NodeJS.ErrnoException): UdpngError {
  const { code, syscall } = cause
  const advice =
    code === 'EADDRINUSE'
      ? 'another program has this port, maybe another inspector: give another port, or 0 for any that is free'
      : code === 'EACCES'
        ? 'this port is reserved: give one from 1024 on, or 0 for any that is free'
        : code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND'
          ? 'this machine has no such address: leave host out, or give an address of this machine'
          : cause.message
  return new UdpngError(
    'BIND_FAILED',
    `the inspector cannot listen on ${host} port ${port}: ${advice}`,
    {
      cause,
      address: host,
      port,
      syscall,
    },
  )
}
