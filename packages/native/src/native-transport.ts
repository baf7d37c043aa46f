import {
  type Capability,
  type DatagramSocket,
  type DatagramTransport,
  InterfaceWatch,
  type OpenOptions,
  type UnixOpenOptions,
} from '@udpng/basic-peer'
import { type Addon, loadAddon, NAME_BYTES, PATH_NAME_BYTES, ROW_INTS } from './addon.js'
import { AttachedSocket, type AttachOptions } from './attached-socket.js'
import { Incoming } from './incoming.js'
import { ENOSYS, EPERM, SOL_UDP, UDP_GRO, UDP_SEGMENT } from './linux.js'
import { NativeSocket } from './native-socket.js'
import { Outgoing } from './outgoing.js'
import type { Shared } from './shared.js'
import { systemError } from './system-error.js'
import { UnixSocket } from './unix-socket.js'

/**
 * Opens UDP sockets and Unix datagram sockets that use batched system calls. Linux only.
 *
 * @see sendmmsg(2), recvmmsg(2), udp(7), unix(7)
 */
export class NativeTransport implements DatagramTransport {
  readonly name = 'native'
  readonly capabilities: readonly Capability[] = [
    'connect',
    'descriptor',
    'details',
    'dontFragment',
    'keepAlive',
    'memberships',
    'ownGroups',
    'setOptions',
    'sourceAddress',
    'trafficClass',
    'unix',
  ]
  /** Whether the kernel can segment one message into many datagrams (UDP GSO). */
  readonly segmentation: boolean
  /** Whether the kernel can coalesce the datagrams of one flow for the reader (UDP GRO). */
  readonly coalescing: boolean
  readonly #shared: Shared

  #unix: Shared | undefined

  /** @throws an `Error` if there is no addon for this machine, or its kernel refuses a system call of the addon */
  constructor(addon: Addon = loadAddon()) {
    const [outgoing, incoming] = [new Outgoing(addon), new Incoming(addon)]
    const handle = addon.open(4, () => {})
    if (typeof handle === 'number') throw systemError('socket', -handle)
    try {
      const has = (option: number): boolean =>
        addon.setOption(handle, SOL_UDP, option, Buffer.alloc(4)) === 0
      this.segmentation = has(UDP_SEGMENT)
      this.coalescing = has(UDP_GRO)
      const read = incoming.read(handle, 1)
      if (read < 0) throw systemError('recvmmsg', -read)
      // To port 0 of no family: a kernel with sendmmsg refuses that with another errno.
      const row = new Int32Array(ROW_INTS)
      addon.send(handle, new Uint8Array(0), new Uint8Array(NAME_BYTES), row, 0, 1)
      const status = row[4] as number
      if (status === ENOSYS || status === EPERM) throw systemError('sendmmsg', status)
    } finally {
      addon.close(handle)
    }
    const { segmentation, coalescing } = this
    const watch = new InterfaceWatch()
    this.#shared = { addon, outgoing, incoming, watch, segmentation, coalescing }
  }

  open(options: OpenOptions): DatagramSocket {
    return new NativeSocket(this.#shared, options)
  }

  openUnix(options: UnixOpenOptions): DatagramSocket {
    this.#unix ??= sharedByUnixSockets(this.#shared)
    return new UnixSocket(this.#unix, options)
  }

  /**
   * Sends and receives for a socket that the caller has opened, such as one of `node:dgram`.
   *
   * @throws the system's error if the descriptor is not one of a UDP socket of this family, or cannot be copied
   */
  attach(options: AttachOptions): AttachedSocket {
    return new AttachedSocket(this.#shared, options)
  }
}

/** The state that Unix sockets share: their addresses are longer, and the kernel neither cuts nor coalesces their datagrams. */
function sharedByUnixSockets(shared: Shared): Shared {
  const { addon } = shared
  const pack: Addon['pack'] = (path, _, names, at) => addon.packPath(path, names, at)
  return {
    ...shared,
    outgoing: new Outgoing({ pack }, PATH_NAME_BYTES),
    incoming: new Incoming(addon, PATH_NAME_BYTES),
    segmentation: false,
    coalescing: false,
  }
}
