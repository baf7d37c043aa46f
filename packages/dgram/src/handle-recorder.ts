import { Buffer } from 'node:buffer'
import type { Address } from '@udpng/datagram'
import type { CapturedDatagram } from '@udpng/datagram/pcap'
import { bytesOf } from './bytes-of.js'
import type { Handle } from './handle.js'
import { localTowards } from './local-towards.js'

/** What recording needs. */
export interface Recorder {
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
  readonly add: (datagram: CapturedDatagram) => void
}

/** Records what goes through a handle. */
export class HandleRecorder {
  readonly #handle: Handle
  readonly #recorder: Recorder
  #local: Address
  /** The address that the socket is connected to. */
  #peer: Address | undefined

  constructor(handle: Handle, local: Address, recorder: Recorder) {
    this.#handle = handle
    this.#local = local
    this.#recorder = recorder
  }

  /** Records each datagram that is sent from now on, if the system accepts it, with the time of the call. */
  recordSent(): void {
    this.#followConnection()
    const handle = this.#handle
    const send = handle.send.bind(handle)
    handle.send = (request, list, count, ...rest) => {
      const to = rest.length > 2 ? ([rest[1], rest[0]] as Address) : this.#peer
      if (!to) return send(request, list, count, ...rest)
      const time = this.#recorder.now()
      const data = Buffer.concat(list.map(bytesOf)) // a copy, as the program may change the original
      const settle = (status: number): void => {
        if (status >= 0)
          this.#recorder.add({ time, from: localTowards(this.#local, to[0]), to, data })
      }
      const { oncomplete } = request
      request.oncomplete = (status, bytes) => {
        settle(status)
        oncomplete?.call(request, status, bytes)
      }
      const status = send(request, list, count, ...rest.slice(0, -1), true)
      // 0: the outcome is not known yet.
      if (status !== 0) settle(status)
      return status
    }
  }

  /** Records each datagram that arrives from now on. */
  recordReceived(): void {
    const handle = this.#handle
    const { onmessage } = handle
    handle.onmessage = (bytes, same, data, from) => {
      if (data && from) {
        const { address, port } = from
        const time = this.#recorder.now()
        this.#recorder.add({
          time,
          from: [address, port],
          to: localTowards(this.#local, address),
          data,
        })
      }
      onmessage(bytes, same, data, from)
    }
  }

  #followConnection(): void {
    const handle = this.#handle
    const connect = handle.connect.bind(handle)
    const disconnect = handle.disconnect.bind(handle)
    handle.connect = (host, port) => {
      const status = connect(host, port)
      if (status === 0) this.#connected([host, port])
      return status
    }
    handle.disconnect = () => {
      const status = disconnect()
      this.#connected(undefined)
      return status
    }
  }

  /** A connected socket has an address of its own, also if it was bound to a wildcard. */
  #connected(peer: Address | undefined): void {
    this.#peer = peer
    const out: { address?: string; port?: number } = {}
    if (this.#handle.getsockname?.(out) !== 0) return
    const { address, port } = out
    if (address !== undefined && port !== undefined) this.#local = [address, port]
  }
}
