import {
  type DatagramSocket,
  type DatagramTransport,
  noStats,
  type OpenOptions,
  type Parcel,
  type PeerStats,
} from '@udpng/basic-peer'
import type { Address, Datagram, Family } from '@udpng/datagram'
import { onTestFinished } from 'vitest'
import { loopback } from './rig.js'

/** A socket, and what it reported. */
export interface Opened {
  readonly socket: DatagramSocket
  readonly address: Address
  readonly stats: PeerStats
  readonly failed: (readonly [parcel: Parcel, code: string | undefined])[]
  /** Destinations that refused datagrams, as the network reported. */
  readonly refused: (readonly [address: Address, code: string | undefined])[]
  /** How often it reported that nothing is pending any more. */
  settled: number
}

/** Opens a socket as a peer does, on 127.0.0.1 by default; it is closed after the test. */
export function openSocket(
  transport: DatagramTransport,
  options: Partial<OpenOptions> = {},
): Opened {
  const stats = noStats()
  const failed: Opened['failed'] = []
  const refused: Opened['refused'] = []
  const socket = transport.open({
    family: 4,
    host: '127.0.0.1',
    port: 0,
    receive: true,
    stats,
    onFailed: (parcel, error) => failed.push([parcel, error.code]),
    onRefused: (address, error) => refused.push([address, error.code]),
    onSettled: () => opened.settled++,
    ...options,
  })
  const opened: Opened = { socket, address: socket.address, stats, failed, refused, settled: 0 }
  onTestFinished(() => socket.close())
  return opened
}

/** Opens sockets on this host's loopback address. */
export function openOn(
  transport: DatagramTransport,
  family: Family,
): (options?: Partial<OpenOptions>) => Opened {
  return (options = {}) => openSocket(transport, { family, host: loopback(family), ...options })
}

/** Resolves with the next notice. */
export function notice(socket: DatagramSocket, readiness: 'read' | 'write'): Promise<void> {
  return new Promise((resolve) => socket.watch(readiness, resolve))
}

/** Reads, by batches, until `count` datagrams have come. */
export async function readAll(
  socket: DatagramSocket,
  count: number,
  batch = 64,
): Promise<Datagram[]> {
  const all: Datagram[] = []
  while (all.length < count) {
    const some = socket.read(Math.min(batch, count - all.length))
    all.push(...some)
    if (some.length === 0) await notice(socket, 'read')
  }
  return all
}

/** Sends all of it, waiting whenever the socket would block. */
export async function sendAll(socket: DatagramSocket, run: readonly Parcel[]): Promise<void> {
  for (let rest = run; ; await notice(socket, 'write')) {
    rest = rest.slice(socket.send(rest))
    if (rest.length === 0) return
  }
}
