import { UdpngError } from '@udpng/core'
import { show } from '@udpng/core/options'
import { type Address, type Datagram, formatAddress, isPort } from '@udpng/datagram'
import { debug } from './debug.js'
import type { Objection } from './names.js'
import type { Bounds, PeerStats } from './stats.js'
import { detailsOf } from './system-error.js'
import type {
  Capability,
  ChangeableOptions,
  DatagramSocket,
  DatagramTransport,
  Membership,
  OpenOptions,
  Parcel,
  Readiness,
  UnixOpenOptions,
} from './transport.js'

/** What a Unix socket can do, if its transport can. */
const UNIX: readonly Capability[] = ['keepAlive', 'unix']

/**
 * Opens a socket of a transport for one peer, and checks each return value. A transport that breaks its contract fails this peer
 * with `TRANSPORT_FAILED`, and no other. Only two calls throw: `read`, whose errors the peer counts, and `watch`, whose errors the
 * Selector delivers to the peer.
 */
export class PeerSocket implements DatagramSocket {
  readonly address: Address
  readonly recvBufferSize: number | undefined
  readonly #socket: DatagramSocket
  readonly #name: string
  readonly capabilities: readonly Capability[]
  readonly #stats: PeerStats
  readonly #fail: (fault: UdpngError) => void
  #isUnix = false

  /**
   * @param fail - called with each breach of the contract, as a `TRANSPORT_FAILED`
   * @throws the error of `open`; `TRANSPORT_FAILED` if it returns a value that is not a bound socket, which is closed
   */
  constructor(
    transport: DatagramTransport,
    options: OpenOptions & { readonly unix: boolean },
    fail: (fault: UdpngError) => void,
  ) {
    this.#fail = fail
    this.#name = show(transport)
    this.capabilities = transport.capabilities ?? []
    this.#stats = options.stats
    this.#checkOptions(options)
    if (options.fd !== undefined) this.#check('descriptor', 'take over a descriptor')
    if (options.peer) this.#check('connect', 'connect a socket')
    if (options.details) this.#check('details', 'report the details of datagrams', '"native"')
    const { groups = [] } = options.multicast ?? {}
    if (groups.some((group) => typeof group !== 'string'))
      this.#check('memberships', 'join a group with an interface or a source')
    if (options.unix) {
      this.#check('unix', 'open Unix sockets', '"native" (@udpng/native, on Linux)')
      this.capabilities = this.capabilities.filter((one) => UNIX.includes(one))
      this.#isUnix = true
    }
    const checked = {
      ...options,
      onFailed: (parcel: Parcel, error: NodeJS.ErrnoException) => {
        if (ArrayBuffer.isView(parcel?.data)) options.onFailed(parcel, error)
        else this.#report(`called onFailed with ${show(parcel)}; it must be a parcel`)
      },
    }
    this.#socket = options.unix
      ? this.#openUnix(transport, { ...checked, path: options.host })
      : transport.open(checked)
    try {
      const [host, port] = this.#socket.address
      if (typeof host !== 'string' || !isPort(port))
        throw new Error(`its address is ${show([host, port])}`)
      this.address = [host, port]
      this.recvBufferSize = this.#socket.recvBufferSize
    } catch (cause) {
      this.close()
      throw this.#fault(`open() returned no bound socket: ${detailsOf(cause).message}`, cause)
    }
  }

  /** Number of parcels whose outcome is not known yet; 0 if the transport returns an invalid number. */
  get pending(): number {
    try {
      const { pending } = this.#socket
      if (Number.isInteger(pending) && pending >= 0) return pending
      this.#report(`pending is ${show(pending)}; it must be a whole number >= 0`)
    } catch (cause) {
      this.#report(`pending threw: ${detailsOf(cause).message}`, cause)
    }
    return 0
  }

  /** A copy of the bounds; undefined if the transport returns anything else. */
  get kernelDrops(): DatagramSocket['kernelDrops'] {
    try {
      const drops: unknown = this.#socket.kernelDrops
      if (drops === undefined) return undefined
      const bounds = boundsOf(drops)
      if (!bounds)
        this.#report(
          `kernelDrops is ${show(drops)}; it must be finite numbers atLeast <= about <= atMost, or undefined`,
        )
      return bounds
    } catch (thrown) {
      debug(thrown) // statistics that cannot be read fail no peer
      return undefined
    }
  }

  /** Reads at most `max` datagrams. An invalid list is counted as unread, by its length. */
  read(max: number): readonly Datagram[] {
    const batch: unknown = this.#socket.read(max)
    if (Array.isArray(batch) && batch.length <= max && areDatagrams(batch)) return batch
    if (Array.isArray(batch)) this.#stats.dropped.unread += batch.length
    const what = Array.isArray(batch) ? `${batch.length} elements, ${show(batch)}` : show(batch)
    this.#report(`read(${max}) returned ${what}; it must be a list of at most ${max} datagrams`)
    return []
  }

  /** Sends parcels and returns how many were taken; 0 if the transport returns an invalid number. */
  send(run: readonly Parcel[]): number {
    try {
      const taken = this.#socket.send(run)
      if (Number.isInteger(taken) && taken >= 0 && taken <= run.length) return taken
      this.#report(
        `send() of ${run.length} parcels returned ${show(taken)}; it must be a whole number from 0 to ${run.length}`,
      )
    } catch (cause) {
      this.#report(`send() threw: ${detailsOf(cause).message}`, cause)
    }
    return 0
  }

  /** Returns why parcels with `local` cannot be sent; undefined if they can. */
  get sourceObjection(): Objection | undefined {
    const why = this.#lack('sourceAddress', 'send from a chosen address', '"native"')
    return why === undefined ? undefined : { code: 'UNSUPPORTED', why }
  }

  watch(readiness: Readiness, notify: (() => void) | undefined): void {
    this.#socket.watch(readiness, notify)
  }

  /** @throws {UdpngError} `UNSUPPORTED` if the transport cannot do it; otherwise as the transport does */
  join(membership: Membership): void {
    this.#need('memberships', 'join a multicast group on an open socket', 'join')(membership)
  }

  /** @throws {UdpngError} `UNSUPPORTED` if the transport cannot do it; otherwise as the transport does */
  leave(membership: Membership): void {
    this.#need('memberships', 'leave a multicast group', 'leave')(membership)
  }

  /** @throws {UdpngError} `UNSUPPORTED` if the transport cannot do it; otherwise as the transport does */
  setOptions(options: ChangeableOptions): void {
    this.#checkOptions(options)
    this.#need('setOptions', 'change options of an open socket', 'setOptions')(options)
  }

  /** @throws {UdpngError} `UNSUPPORTED` if the transport cannot do it */
  keepAlive(keeps: boolean): void {
    this.#need('keepAlive', 'let the process exit while a socket is open', 'keepAlive')(keeps)
  }

  close(): void {
    try {
      this.#socket.close()
    } catch (thrown) {
      debug(thrown) // the peer has done with it
    }
  }

  #openUnix(transport: DatagramTransport, options: UnixOpenOptions): DatagramSocket {
    if (typeof transport.openUnix === 'function') return transport.openUnix(options)
    throw this.#fault('it has no method openUnix, although it has the capability "unix"')
  }

  /** Returns a method that only some transports have. */
  #need<Name extends 'join' | 'leave' | 'setOptions' | 'keepAlive'>(
    capability: Capability,
    what: string,
    name: Name,
  ): NonNullable<DatagramSocket[Name]> {
    this.#check(capability, what)
    const method = this.#socket[name]
    if (typeof method === 'function') return method.bind(this.#socket) as NonNullable<typeof method>
    throw this.#fault(
      `its sockets have no method ${name}, although it has the capability ${show(capability)}`,
    )
  }

  /** Checks options that only some transports have. */
  #checkOptions({ dscp, ecn, dontFragment }: ChangeableOptions): void {
    if ((dscp ?? ecn) !== undefined) this.#check('trafficClass', 'set DSCP or ECN', '"native"')
    if (dontFragment) this.#check('dontFragment', 'disable fragmentation', '"native"')
  }

  #check(capability: Capability, what: string, capable?: string): void {
    const why = this.#lack(capability, what, capable)
    if (why !== undefined) throw new UdpngError('UNSUPPORTED', why)
  }

  /** Returns what the transport cannot do; undefined if it can. */
  #lack(capability: Capability, what: string, capable = '"native" or "dgram"'): string | undefined {
    if (this.capabilities.includes(capability)) return undefined
    if (this.#isUnix) return `a Unix socket cannot ${what}`
    return `the transport ${this.#name} cannot ${what}: it has no capability ${show(capability)}; use the transport ${capable}`
  }

  #report(what: string, cause?: unknown): void {
    this.#fail(this.#fault(what, cause))
  }

  #fault(what: string, cause?: unknown): UdpngError {
    const where = this.address ? ` at ${formatAddress(this.address)}` : ''
    return new UdpngError(
      'TRANSPORT_FAILED',
      `transport ${this.#name}${where} breaks its contract: ${what}`,
      { cause, address: this.address?.[0], port: this.address?.[1] },
    )
  }
}

function boundsOf(drops: unknown): Bounds | undefined {
  const { atLeast, about, atMost } = (drops ?? {}) as Bounds
  const areFinite = [atLeast, about, atMost].every(Number.isFinite)
  return areFinite && atLeast <= about && about <= atMost ? { atLeast, atMost, about } : undefined
}

function areDatagrams(batch: readonly unknown[]): batch is readonly Datagram[] {
  // `every` would not see holes
  for (const one of batch)
    if (!Array.isArray(one) || !ArrayBuffer.isView(one[0]) || !Array.isArray(one[1])) return false
  return true
}
