import {
  type Bounds,
  type DatagramSocket,
  type DatagramTransport,
  noStats,
  type Parcel,
  type PeerStats,
} from '@udpng/basic-peer'
import type { Address, Datagram, Family, Payload } from '@udpng/datagram'
import { eventually, turn } from 'test-support'
import { onTestFinished } from 'vitest'
import { quiet } from './quiet.js'

/** Options of an endpoint. */
export interface EndpointOptions {
  readonly port?: number
  readonly recvBufferSize?: number
}

/** The remote end of a test: a plain socket of the transport, without a peer. It reads all the time. */
export class Endpoint {
  readonly got: Datagram[] = []
  readonly stats: PeerStats = noStats()
  readonly failed: NodeJS.ErrnoException[] = []
  readonly #socket: DatagramSocket

  constructor(
    transport: DatagramTransport,
    family: Family,
    host: string,
    { port = 0, ...options }: EndpointOptions = {},
  ) {
    this.#socket = transport.open({
      ...options,
      family,
      host,
      port,
      receive: true,
      stats: this.stats,
      onFailed: (_, error) => this.failed.push(error),
      onSettled: () => {},
    })
    this.#read()
  }

  get address(): Address {
    return this.#socket.address
  }

  /** The received datagrams as text. */
  get texts(): string[] {
    return this.got.map(([data]) => String(data))
  }

  get kernelDrops(): Bounds | undefined {
    return this.#socket.kernelDrops
  }

  /** Waits until it has exactly `count` datagrams, including those that the kernel dropped. */
  async received(count: number): Promise<void> {
    const all = (count: 'about' | 'atLeast' = 'about'): number =>
      this.got.length + (this.kernelDrops?.[count] ?? 0)
    await eventually(
      () => all() >= count,
      () => `the endpoint has ${all()} of ${count} datagrams: that`,
    )
    await quiet(3)
    const least = all('atLeast')
    if (least > count) throw new Error(`${least} datagrams came where ${count} were expected`)
  }

  /**
   * Returns the number of expected texts that are missing because the kernel dropped them; NaN if others came, or in another order.
   */
  missing(expected: readonly string[]): number {
    let at = 0
    for (const text of this.texts) {
      at = expected.indexOf(text, at) + 1
      if (at === 0) return Number.NaN
    }
    return expected.length - this.got.length
  }

  /** Sends one datagram for each payload, and resolves once the system has taken them all. */
  async send([host, port]: Address, ...payloads: Payload[]): Promise<void> {
    const run = payloads.map((data): Parcel => ({ host, port, data: Buffer.from(data) }))
    while (run.length > 0) {
      run.splice(0, this.#socket.send(run))
      if (run.length > 0) await turn()
    }
    while (this.#socket.pending > 0) await turn()
    if (this.failed[0]) throw this.failed[0]
  }

  close(): void {
    this.#socket.close()
  }

  readonly #read = (): void => {
    for (;;) {
      const batch = this.#socket.read(256)
      this.got.push(...batch)
      if (batch.length < 256) break
    }
    this.#socket.watch('read', this.#read)
  }
}

/** Opens an endpoint at an address of its own; it is closed after the test. */
export function endpointAt(transport: DatagramTransport, family: Family, host: string): Endpoint {
  const endpoint = new Endpoint(transport, family, host)
  onTestFinished(() => endpoint.close())
  return endpoint
}
