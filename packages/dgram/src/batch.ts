import { AsyncResource } from 'node:async_hooks'
import { Buffer } from 'node:buffer' // a global is looked up each time
import { isIP } from 'node:net'
import type { Bounds, PeerStats } from '@udpng/basic-peer'
import type { Address, Datagram, Family } from '@udpng/datagram'
import type { AttachedSocket, Failure, NativeTransport } from '@udpng/native'
import { Burst } from './burst.js'
import { bytesOf } from './bytes-of.js'
import type { Handle } from './handle.js'
import { Pace } from './pace.js'

/** Maximum number of datagrams that are sent together, and after which others wait for the next turn of the event loop. */
const MAX_PER_TURN = 1024

/** libuv's numbers for EINVAL and EDESTADDRREQ. */
const UV_EINVAL = -22
const UV_EDESTADDRREQ = -89

/** Gets the outcome of a send, as that of `socket.send`. */
export type Callback = (error: Error | null, bytes?: number) => void

/** A datagram to send. */
interface Outgoing {
  readonly data: Uint8Array
  readonly host: string
  readonly port: number
  readonly callback: Callback | undefined
  error: NodeJS.ErrnoException | null
  isDone: boolean
  /** The asynchronous context of the caller, if its turn ended before the datagram was sent. */
  context: AsyncResource | undefined
}

/**
 * Sends and receives for a bound socket of `node:dgram`, instead of its handle. The datagrams of one turn are sent together, by
 * `process.nextTick`; those that `Pace` holds back are sent in the following turns. libuv reads, one datagram at a time, until a burst
 * of them arrives; from then on they are read in batches, and each is emitted in a turn of its own, as `node:dgram` does.
 */
export class Batch {
  readonly #family: Family
  /** The family, as `node:dgram` calls it. */
  readonly #name: 'IPv4' | 'IPv6'
  readonly #handle: Handle
  readonly #socket: AttachedSocket
  readonly #stats: PeerStats
  /** The address that the socket is connected to. */
  #peer: Address | undefined
  /** The last host that `accepts` has accepted. */
  #accepted = ''
  /** Queued datagrams, in runs of at most `MAX_PER_TURN`. */
  #runs: Outgoing[][] = []
  readonly #pace = new Pace()
  #isScheduled = false
  /** Set until the next turn, in which the rest of the queue is sent. */
  #rest: NodeJS.Immediate | undefined
  #isBlocked = false
  #isClosed = false
  /** Gives a datagram, or a negative errno, to the program. */
  #give: Handle['onmessage']
  readonly #burst = new Burst()

  /**
   * @param runTicks - runs the microtasks and `process.nextTick` callbacks that are due
   * @throws the system's error if the native transport cannot serve the socket; the handle is then unchanged
   */
  constructor(
    transport: NativeTransport,
    handle: Handle,
    family: Family,
    stats: PeerStats,
    runTicks: () => void,
  ) {
    this.#family = family
    this.#name = family === 4 ? 'IPv4' : 'IPv6'
    this.#handle = handle
    this.#give = handle.onmessage
    this.#stats = stats
    this.#socket = transport.attach({
      fd: handle.fd,
      family,
      stats,
      onDatagram: (datagram) => this.#receive(datagram),
      betweenDatagrams: runTicks,
      onError: ({ errno = UV_EINVAL }) => this.#give(errno, handle, undefined, undefined),
      onWritable: () => {
        this.#isBlocked = false
        this.flush()
      },
    })
    this.#takeOver()
  }

  /** The address that the socket is connected to. */
  get peer(): Address | undefined {
    return this.#peer
  }

  /** The host that `node:dgram` sends to if none is given. */
  get loopback(): string {
    return this.#family === 4 ? '127.0.0.1' : '::1'
  }

  get kernelDrops(): Bounds | undefined {
    return this.#socket.kernelDrops
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether a host is an IP literal of the socket's family, which needs no look-up. */
  accepts(host: string): boolean {
    if (host === this.#accepted) return true
    if (isIP(host) !== this.#family) return false
    this.#accepted = host
    return true
  }

  /** Queues a datagram. The host is one that is accepted. */
  send(data: Uint8Array, host: string, port: number, callback: Callback | undefined): void {
    const context = undefined
    const outgoing = { data, host, port, callback, error: null, isDone: false, context }
    const last = this.#runs.at(-1)
    if (last && last.length < MAX_PER_TURN) last.push(outgoing)
    else this.#runs.push([outgoing])
    if (!this.#isScheduled) {
      this.#isScheduled = true
      process.nextTick(flushLater, this)
    }
    // After the flush, and in the asynchronous context of the caller.
    if (callback) process.nextTick(settle, outgoing)
  }

  /** Sends the queue as fast as `Pace` allows, unless the socket would block, and the rest in the following turns. */
  flush(): void {
    for (let sent = 0; !this.#isBlocked && sent < MAX_PER_TURN; ) {
      const run = this.#runs[0]
      const count = run ? this.#pace.take(run.length) : 0
      if (!run || count === 0) break
      if (count === run.length) this.#runs.shift()
      this.#sendRun(count === run.length ? run : run.splice(0, count))
      sent += count
    }
    this.#isScheduled = !this.#isBlocked && this.#runs.length > 0
    if (this.#isScheduled)
      this.#rest ??= setImmediate(() => {
        this.#rest = undefined
        this.flush()
      })
  }

  #sendRun(run: Outgoing[]): void {
    const failures: Failure[] = []
    const left = this.#socket.send(run, failures) as Outgoing[]
    for (const [parcel, error] of failures) this.#fail(parcel as Outgoing, error)
    if (left.length > 0) {
      this.#isBlocked = true
      this.#runs.unshift(left)
    }
    const waiting = left.length > 0 ? new Set(left) : undefined
    for (const outgoing of run)
      if (!outgoing.isDone && !waiting?.has(outgoing)) this.#finish(outgoing)
  }

  #fail(outgoing: Outgoing, error: NodeJS.ErrnoException): void {
    const { failed } = this.#stats
    const code = error.code ?? 'EINVAL'
    failed[code] = (failed[code] ?? 0) + 1
    outgoing.error = error
    this.#finish(outgoing)
  }

  #finish(outgoing: Outgoing): void {
    outgoing.isDone = true
    // Not called here: if it throws, the others must still be settled.
    outgoing.context?.runInAsyncScope(process.nextTick, process, settle, outgoing)
  }

  /** Counts what arrives from now on. To be called when `onmessage` of the handle is the function that is to get it. */
  receive(): void {
    const handle = this.#handle
    this.#give = handle.onmessage
    handle.onmessage = (bytes, same, data, from) => {
      if (bytes >= 0) {
        this.#count(bytes)
        if (this.#burst.next()) this.#readInBatches()
      }
      // Reports of the network are counted, and given to the program.
      else if (this.#socket.takeRefusals(-bytes) > 0) return
      else this.#stats.receiveErrors++
      this.#give(bytes, same, data, from)
    }
  }

  #count(bytes: number): void {
    this.#stats.received++
    this.#stats.receivedBytes += bytes
  }

  /** From now on. It cannot be undone: the kernel may coalesce the datagrams of the socket, which libuv cannot separate. */
  #readInBatches(): void {
    this.#handle.recvStop()
    this.#socket.receive()
  }

  #receive(datagram: Datagram): void {
    // Not destructured: that takes as long as all else here.
    const data = datagram[0]
    const from = datagram[1]
    this.#count(data.length)
    this.#give(data.length, this.#handle, data, {
      address: from[0],
      family: this.#name,
      port: from[1],
    })
  }

  #close(): void {
    clearImmediate(this.#rest)
    for (const run of this.#runs.splice(0))
      if (this.#isBlocked) this.#runs.push(run)
      else this.#sendRun(run)
    this.#isClosed = true
    this.#socket.close()
    for (const outgoing of this.#runs.flat()) {
      this.#stats.dropped.unsent++
      outgoing.error = Object.assign(new Error('send ECANCELED'), {
        errno: -125,
        code: 'ECANCELED',
        syscall: 'send',
      })
      this.#finish(outgoing)
    }
    this.#runs = []
  }

  /** Replaces the functions of the handle that concern data; its others still set the options of the socket. */
  #takeOver(): void {
    const handle = this.#handle
    const connect = handle.connect.bind(handle)
    const disconnect = handle.disconnect.bind(handle)
    const close = handle.close.bind(handle)
    const ref = handle.ref.bind(handle)
    const unref = handle.unref.bind(handle)
    this.#socket.keepAlive(handle.hasRef())
    Object.assign(handle, {
      send: (request, list, count, ...rest) => {
        // With a port and a host, unless it is connected; and whether there is a callback.
        const [host, port] =
          rest.length > 2 ? [rest[1] as string, rest[0] as number] : (this.#peer ?? [])
        if (host === undefined || port === undefined) return UV_EDESTADDRREQ
        const data = count === 1 ? bytesOf(list[0] as Uint8Array) : Buffer.concat(list.map(bytesOf))
        const answer = (error: NodeJS.ErrnoException | null, bytes = 0): void =>
          request.oncomplete?.(error ? (error.errno ?? UV_EINVAL) : 0, bytes)
        this.send(data, host, port, rest.at(-1) ? answer : undefined)
        return 0
      },
      connect: (host, port) => {
        const status = connect(host, port)
        if (status === 0) this.#peer = [host, port]
        return status
      },
      disconnect: () => {
        this.#peer = undefined
        return disconnect()
      },
      close: (callback) => {
        this.#close()
        close(callback)
      },
      ref: () => {
        ref()
        this.#socket.keepAlive(true)
      },
      unref: () => {
        unref()
        this.#socket.keepAlive(false)
      },
      getSendQueueSize: () =>
        this.#waiting().reduce((bytes, { data }) => bytes + data.byteLength, 0),
      getSendQueueCount: () => this.#waiting().length,
    } satisfies Partial<Handle>)
  }

  #waiting(): readonly Outgoing[] {
    return this.#runs.flat()
  }
}

function flushLater(batch: Batch): void {
  batch.flush()
}

/** Calls the callback of a datagram, or notes where to call it. */
function settle(outgoing: Outgoing): void {
  const { callback, error, data } = outgoing
  if (!outgoing.isDone) outgoing.context = new AsyncResource('UDPSENDWRAP')
  else if (error) callback?.(error)
  else callback?.(null, data.byteLength)
}
