import type { Socket as NodeSocket } from 'node:dgram'

/** A request to send, which Node.js makes for each call of `send` (SendWrap of src/udp_wrap.cc). */
export interface SendRequest {
  /** Gets 0 or a negative errno, and the number of bytes. */
  oncomplete?(status: number, bytes: number): void
}

type Send = (
  request: SendRequest,
  list: readonly Uint8Array[],
  count: number,
  ...rest: unknown[]
) => number

/**
 * The handle that a socket of `node:dgram` keeps (UDP of src/udp_wrap.cc, used by lib/dgram.js), as far as it is used here. It is not
 * public, so `handleOf` checks it; these names are the same from Node.js 20 to 26.
 */
export interface Handle {
  readonly fd: number
  onmessage(
    bytes: number,
    handle: Handle,
    data: Buffer | undefined,
    from: { address: string; family: string; port: number } | undefined,
  ): void
  open(fd: number): number
  recvStop(): number
  send: Send
  connect(host: string, port: number): number
  disconnect(): number
  close(callback?: () => void): void
  ref(): void
  unref(): void
  hasRef(): boolean
  getSendQueueSize(): number
  getSendQueueCount(): number
  /** Puts the address that it is bound to into `out`. It is used only if it is there. */
  getsockname?(out: { address?: string; port?: number }): number
}

const METHODS = [
  'open',
  'recvStop',
  'send',
  'connect',
  'disconnect',
  'close',
  'ref',
  'unref',
  'hasRef',
  'getSendQueueSize',
  'getSendQueueCount',
] as const

/** Returns the handle of a socket; undefined if it is closed, or this version of Node.js keeps it elsewhere. */
export function handleOf(socket: NodeSocket): Handle | undefined {
  const symbol = Object.getOwnPropertySymbols(socket).find((s) => s.description === 'state symbol')
  const state =
    symbol && (socket as unknown as Record<symbol, { handle?: Partial<Handle> }>)[symbol]
  const handle = state?.handle
  return handle && METHODS.every((name) => typeof handle[name] === 'function')
    ? (handle as Handle)
    : undefined
}
