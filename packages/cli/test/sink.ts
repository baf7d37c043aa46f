import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { eventually, turn } from 'test-support'

/** A socket on loopback that keeps what arrives: `node:dgram`, and nothing of ours. */
export class Sink implements AsyncDisposable {
  readonly arrived: Buffer[] = []
  readonly sources: { readonly address: string; readonly port: number }[] = []
  /** Resolves when something has arrived. */
  readonly first: Promise<unknown>
  readonly socket: Socket

  private constructor(socket: Socket) {
    this.socket = socket
    this.first = once(socket, 'message')
    socket.on('message', (data, { address, port }) => {
      this.arrived.push(data)
      this.sources.push({ address, port })
    })
  }

  static async open(host = '127.0.0.1'): Promise<Sink> {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').bind(0, host)
    await once(socket, 'listening')
    return new Sink(socket)
  }

  /** A port that was free a moment ago. */
  static async freePort(): Promise<number> {
    await using sink = await Sink.open()
    return sink.port
  }

  get port(): number {
    return this.socket.address().port
  }

  /** Waits until all that its socket was given is sent. */
  sent(): Promise<void> {
    return eventually(() => this.socket.getSendQueueCount() === 0, 'that all is sent')
  }

  /** All that has arrived, once no more comes: on loopback it is there when it is sent, and only has to be read. */
  async quiet(): Promise<readonly Buffer[]> {
    let count: number
    do {
      count = this.arrived.length
      for (let turns = 0; turns < 20; turns++) await turn()
      await new Promise((resolve) => setTimeout(resolve, 20))
    } while (this.arrived.length > count)
    return this.arrived
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close()
    await once(this.socket, 'close')
  }
}
