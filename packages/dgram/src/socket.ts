import { AsyncResource } from 'node:async_hooks'
import { Buffer } from 'node:buffer'
import * as dgram from 'node:dgram'
import { debug, noStats, type PeerStats } from '@udpng/basic-peer'
import { type Address, formatAddress, isPort } from '@udpng/datagram'
import { nativeTransport } from '@udpng/native'
import { Batch, type Callback } from './batch.js'
import { arriving, type Bound, bound, type Impairment } from './bound-channel.js'
import { bytesOf } from './bytes-of.js'
import { countReceived, countSent } from './counting.js'
import { type Handle, handleOf } from './handle.js'
import { runTicks } from './run-ticks.js'
import { type SocketStats, statsOf } from './stats.js'

/** The Socket of `node:dgram`, whatever it is replaced with later. */
const NodeSocket: typeof dgram.Socket = dgram.Socket

/** A socket with the API of `node:dgram`, and counters. */
export interface Socket extends dgram.Socket {
  /** `udp4` or `udp6`. */
  readonly type: dgram.SocketType
  /** What became of its datagrams so far. Also valid after the close. */
  readonly stats: SocketStats
}

/** The constructor of `Socket`, as in `node:dgram`. */
export interface SocketConstructor {
  new (
    type: dgram.SocketType | dgram.SocketOptions,
    listener?: (data: Buffer, from: dgram.RemoteInfo) => void,
  ): Socket
  readonly prototype: Socket
}

/** What this package keeps of a socket. */
interface Own {
  readonly stats: PeerStats
  /** The context of `createSocket`, in which `node:dgram` emits messages. */
  readonly context: AsyncResource
  /** Whether a destination that is an IP address can be sent to as it is. */
  isPlain: boolean
  /** The first handle; another one comes from the primary process of a cluster, or from a parent process. */
  readonly handle: Handle | undefined
  /** Whether the socket was opened from a descriptor. */
  isInherited: boolean
  /** Whether its datagrams are counted: from the bind on. */
  isStarted: boolean
  /** The address that it was bound to. */
  local: Address | undefined
  batch: Batch | undefined
  impairment: Impairment | undefined
}

const OWN: unique symbol = /* @__PURE__ */ Symbol('udpng')

/** `OWN` is undefined on the prototype, and while the constructor of `node:dgram` publishes the socket. */
type OwnSocket = Socket & { readonly [OWN]?: Own }

/** A function, not a class: programs also call it as `Socket.call(this, type)`, which `node:dgram` allows. */
function BatchedSocket(
  this: OwnSocket,
  type: dgram.SocketType | dgram.SocketOptions,
  listener?: (data: Buffer, from: dgram.RemoteInfo) => void,
): void {
  ;(NodeSocket as unknown as typeof BatchedSocket).call(this, type, listener)
  const { lookup, sendBlockList }: { lookup?: unknown; sendBlockList?: unknown } =
    typeof type === 'object' ? type : {}
  const own: Own = {
    stats: noStats(),
    context: new AsyncResource('udpng'),
    isPlain: lookup === undefined && sendBlockList === undefined,
    handle: handleOf(this),
    isInherited: false,
    isStarted: false,
    local: undefined,
    batch: undefined,
    impairment: undefined,
  }
  Object.defineProperty(this, OWN, { value: own })
  if (!own.handle) return // `signal` has closed it already
  const open = own.handle.open.bind(own.handle)
  own.handle.open = (fd) => {
    own.isInherited = true
    return open(fd)
  }
}

/** On the prototype, so that a second copy of this package recognizes the class. */
const MARK: unique symbol = /* @__PURE__ */ Symbol.for('@udpng/dgram')

/** The class of the sockets. */
export const Socket: SocketConstructor = /* @__PURE__ */ createClass()

function createClass(): SocketConstructor {
  if (MARK in NodeSocket.prototype) return NodeSocket as unknown as SocketConstructor
  Object.setPrototypeOf(BatchedSocket, NodeSocket)
  Object.setPrototypeOf(BatchedSocket.prototype, NodeSocket.prototype)
  Object.defineProperty(BatchedSocket, 'name', { value: 'Socket' })
  Object.defineProperties(BatchedSocket.prototype, {
    emit: { value: emit, writable: true, configurable: true },
    send: { value: send, writable: true, configurable: true },
    stats: { get: stats, configurable: true },
    [MARK]: { value: true },
  })
  // Node.js 24.21 and later: it emits 'listening' only in a later turn.
  if ('bindSync' in NodeSocket.prototype)
    Object.defineProperty(BatchedSocket.prototype, 'bindSync', {
      value: bindSync,
      writable: true,
      configurable: true,
    })
  return BatchedSocket as unknown as SocketConstructor
}

function emit(this: OwnSocket, event: string | symbol, ...args: unknown[]): boolean {
  // Between the bind and the program's own listeners.
  if (event === 'listening') start(this)
  return (NodeSocket.prototype.emit as typeof emit).call(this, event, ...args)
}

function bindSync(this: OwnSocket, ...args: unknown[]): unknown {
  const { bindSync } = NodeSocket.prototype as unknown as { bindSync(...args: unknown[]): unknown }
  const address = bindSync.apply(this, args)
  start(this)
  return address
}

/** Serves a socket that was bound. */
function start(socket: OwnSocket): void {
  const own = socket[OWN]
  const handle = handleOf(socket)
  // It may be emitted by the program, too.
  if (!own || !handle || handle.fd < 0 || own.isStarted) return
  own.isStarted = true
  const { address, port } = socket.address()
  own.local = [address, port]
  own.batch = batchFor(socket, own, handle)
  debug(`${own.batch ? 'native' : 'dgram'} socket bound to ${formatAddress(own.local)}`)
  if (!own.batch) countSent(handle, own.stats)
  const { send } = handle
  const message: Bound = { handle, local: own.local, impairment: undefined }
  bound.publish(message)
  own.impairment = message.impairment
  arriving.publish(message)
  if (own.batch) own.batch.receive()
  else countReceived(handle, own.stats)
  // Who replaces this function gets all datagrams.
  own.isPlain &&= handle.send === send
}

/** Moves the datagrams of a socket in batches, if the native transport works and no other process may read from the socket. */
function batchFor(socket: OwnSocket, own: Own, handle: Handle): Batch | undefined {
  // What is read ahead would be lost to the other process.
  const isShared = own.isInherited || handle !== own.handle
  if (isShared || !runTicks || process.env['UDPNG_TRANSPORT'] === 'dgram') return undefined
  const family = socket.type === 'udp6' ? 6 : 4
  const create = (ticks: () => void): Batch =>
    new Batch(nativeTransport(), handle, family, own.stats, ticks)
  try {
    return own.context.runInAsyncScope(create, undefined, runTicks)
  } catch (error) {
    debug(error)
    return undefined
  }
}

type SendArguments = [
  data: unknown,
  offset?: unknown,
  length?: unknown,
  port?: unknown,
  address?: unknown,
  callback?: unknown,
]

function send(this: OwnSocket, ...args: SendArguments): void {
  const own = this[OWN]
  if (own?.batch && !own.batch.isClosed && own.isPlain && sendAtOnce(own.batch, args)) return
  ;(NodeSocket.prototype.send as (...args: SendArguments) => void).apply(this, args)
}

/**
 * Queues a datagram to an IP address. Returns false for a name, which `node:dgram` looks up before it comes to the batch through
 * the handle; and for wrong arguments, which it refuses.
 */
function sendAtOnce(batch: Batch, args: SendArguments): boolean {
  const { peer } = batch
  return peer ? sendToPeer(batch, peer, args) : sendToAddress(batch, args)
}

/** (data, callback?), or (data, offset, length, callback?) */
function sendToPeer(batch: Batch, [host, to]: Address, args: SendArguments): boolean {
  const [data, offset, length, port, address, last] = args
  const isPart = typeof length === 'number'
  const isLast = isPart && typeof port === 'function'
  const callback = isPart ? (isLast ? port : last) : offset
  if (address || (port && !isLast)) return false
  const bytes = isPart ? partOf(data, offset, length) : joined(data)
  if (bytes) batch.send(bytes, host, to, callbackOf(callback))
  return bytes !== undefined
}

/** (data, port, address?, callback?), or (data, offset, length, port, address?, callback?) */
function sendToAddress(batch: Batch, args: SendArguments): boolean {
  let [data, offset, length, port, address, callback] = args
  const isPart = address || (port && typeof port !== 'function')
  const bytes = isPart ? partOf(data, offset, length) : joined(data)
  if (!isPart) [port, address, callback] = [offset, length, port]
  if (typeof address === 'function') [address, callback] = [undefined, address]
  const host = address == null || address === '' ? batch.loopback : address
  const to = portOf(port)
  if (!bytes || typeof host !== 'string' || to === undefined || !batch.accepts(host)) return false
  batch.send(bytes, host, to, callbackOf(callback))
  return true
}

function callbackOf(value: unknown): Callback | undefined {
  return typeof value === 'function' ? (value as Callback) : undefined
}

/** The bytes of a datagram: text, a view, or a list of both; undefined if it is something else. */
function joined(data: unknown): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data
  if (typeof data === 'string') return Buffer.from(data)
  if (ArrayBuffer.isView(data)) return bytesOf(data)
  if (!Array.isArray(data)) return undefined
  const parts = data.map((part) => (Array.isArray(part) ? undefined : joined(part)))
  return parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined
}

/** A part of the bytes of text or a view; undefined if it is none, or outside of it. */
function partOf(data: unknown, offset: unknown, length: unknown): Uint8Array | undefined {
  const whole = Array.isArray(data) ? undefined : joined(data)
  // As node:dgram reads them.
  const [start, size] = [(offset as number) >>> 0, (length as number) >>> 0]
  return whole && start + size <= whole.byteLength ? whole.subarray(start, start + size) : undefined
}

/** A port, also one that is given as text; undefined if it is none. */
function portOf(value: unknown): number | undefined {
  const isText = typeof value === 'string' && value.trim() !== ''
  const port = isText ? Number(value) : value
  return isPort(port, 1) ? port : undefined
}

/** Undefined rather than an error, for programs that read all properties of a prototype. */
function stats(this: OwnSocket): SocketStats | undefined {
  const own = this[OWN]
  if (!own) return undefined
  const { batch, stats, local, impairment } = own
  const transport = batch ? 'native' : 'dgram'
  return statsOf({ transport, local, impairment }, stats, batch?.kernelDrops)
}
