import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/** The far end of a test: a socket of Node.js itself on 127.0.0.1, closed after the test. */
export class End {
  readonly got: (readonly [text: string, port: number])[] = []
  readonly #socket: Socket = createSocket('udp4', (data: Buffer, { port }: RemoteInfo) => {
    this.got.push([String(data), port])
  })

  static async open(): Promise<End> {
    const end = new End()
    onTestFinished(() => {
      end.#socket.close()
    })
    end.#socket.bind(0, '127.0.0.1')
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
    this.#socket.send(text, port, '127.0.0.1')
  }
}
