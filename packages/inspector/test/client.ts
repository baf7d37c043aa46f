import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Picture } from '@udpng/inspector'
import { eventually } from 'test-support'

/** An answer, whole. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** What to ask with. */
export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Asks as no browser would: the path goes out as it is. Each time over a new connection. */
export function ask(url: string, path: string, { method, headers }: Asking = {}): Promise<Reply> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const options = {
      host: hostname.replace(/[[\]]/g, ''),
      port,
      path,
      method,
      headers,
      agent: false,
    }
    request(options, (response) => {
      let body = ''
      response
        .setEncoding('utf8')
        .on('data', (text: string) => {
          body += text
        })
        .on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        )
        .on('error', reject)
    })
      .on('error', reject)
      .end()
  })
}

/** A picture, fresh. */
export async function snapshot(url: string): Promise<Picture> {
  return JSON.parse((await ask(url, '/snapshot')).body)
}

/** A picture for which something is true. */
export async function snapshotWhere(
  url: string,
  fact: (picture: Picture) => boolean,
): Promise<Picture> {
  const end = performance.now() + 60_000
  for (;;) {
    const picture = await snapshot(url)
    if (fact(picture)) return picture
    if (performance.now() > end) throw new Error(`never so: ${JSON.stringify(picture)}`)
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
}

/** One event of a stream. */
export interface ServerEvent {
  readonly event: string
  readonly data: unknown
}

/** A client of a stream of events. */
export class Events implements Disposable {
  readonly all: ServerEvent[] = []
  ended = false
  readonly #leave: () => void
  #rest = ''

  private constructor(response: import('node:http').IncomingMessage) {
    this.#leave = () => response.destroy()
    response
      .setEncoding('utf8')
      .on('data', (text: string) => this.#hear(text))
      .on('error', () => {})
      .on('close', () => {
        this.ended = true
      })
  }

  static open(url: string, path: string): Promise<Events> {
    const { hostname, port } = new URL(url)
    return new Promise((resolve, reject) => {
      request({ host: hostname, port, path, agent: false }, (response) => {
        if (response.statusCode === 200) resolve(new Events(response))
        else reject(new Error(`${path} is answered with ${response.statusCode}`))
      })
        .on('error', reject)
        .end()
    })
  }

  /** The data of the events of one kind. */
  of<T>(event: string): T[] {
    return this.all.filter((each) => each.event === event).map(({ data }) => data as T)
  }

  async have(event: string, count = 1): Promise<void> {
    await eventually(
      () => this.of(event).length >= count,
      () => `${count} ${event} among ${JSON.stringify(this.all).slice(0, 2000)}`,
      60_000,
    )
  }

  #hear(text: string): void {
    const parts = (this.#rest + text).split('\n\n')
    this.#rest = parts.pop() ?? ''
    for (const part of parts) {
      const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? []
      this.all.push({ event, data: JSON.parse(data) })
    }
  }

  [Symbol.dispose](): void {
    this.#leave()
  }
}

/** Bytes on a connection, and what comes back. */
export class Raw implements Disposable {
  readonly socket: Socket
  heard = ''
  closed = false

  constructor(url: string, bytes: string | Buffer = '') {
    const { hostname, port } = new URL(url)
    this.socket = connect(Number(port), hostname.replace(/[[\]]/g, ''))
    this.socket
      .setEncoding('latin1')
      .on('data', (text: string) => {
        this.heard += text
      })
      .on('error', () => {})
      .on('close', () => {
        this.closed = true
      })
    if (bytes.length > 0) this.socket.write(bytes)
  }

  /** The status of the first answer. */
  get status(): number | undefined {
    const [, status] = /^HTTP\/1\.1 (\d+)/.exec(this.heard) ?? []
    return status === undefined ? undefined : Number(status)
  }

  async closes(withinMs = 60_000): Promise<void> {
    await eventually(
      () => this.closed,
      () => `the end of the connection, after ${this.heard},`,
      withinMs,
    )
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }
}
