/**
 * The API of `node:dgram`, with batched I/O and counters.
 *
 * @packageDocumentation
 */
import type * as types from 'node:dgram'
import { createSocket, Socket } from './dgram.js'

export type {
  BindOptions,
  RemoteInfo,
  SocketOptions,
  SocketType,
} from 'node:dgram'
export type { Report } from './report.js'
export type { RecordStats } from './reporting-channel.js'
export type { Sample, SampledSocket } from './sample.js'
export type { SocketConstructor } from './socket.js'
export type { SocketStats } from './stats.js'
export type { OtherSockets } from './sum-of-stats.js'
export { createSocket, Socket }

/** The default export, as that of `node:dgram`: it has the functions, and the types. */
const dgram: { createSocket: typeof createSocket; Socket: typeof Socket } = { createSocket, Socket }
declare namespace dgram {
  export type BindOptions = types.BindOptions
  export type RemoteInfo = types.RemoteInfo
  export type Socket = import('./dgram.js').Socket
  export type SocketOptions = types.SocketOptions
  export type SocketType = types.SocketType
}
export default dgram
