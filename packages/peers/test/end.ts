import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/** The far end of a test: a socket of Node.js itself on loopback, closed after the test. */
export class End {
  readonly got: (readonly [text: string, port: number])[] = []
  readonly #host: string
  readonly #socket: Socket

  private constructor(host: string) {
    this.#host = host
    this.#socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    this.#socket.on('message', (data: Buffer, { port }: RemoteInfo) => {
      this.got.push([String(data), port])
    })
  }

  static async open(host = '127.0.0.1'): Promise<End> {
    const end = new End(host)
    onTestFinished(() => {
      end.#socket.close()
    })
    end.#socket.bind(0, host)
    await once(end.#socket, 'listening')
    return end
  }

  get port(): number {
    return this.#socket.address().port
  }

  get texts(): string[] {
    return this.got.map(([text]) => text)
  }

  send(text: string, port: number): void {
    this.#socket.send(text, port, this.#host)
  }
}
