import { isPort } from './is-port.js'
import { membersOf } from './members-of.js'
import { isPayload, type Payload } from './payload.js'

/**
 * A datagram to send, with its destination. (A received one, `Datagram`, has another order: `[data, [host, port]]`.) `local` is the
 * address of this host to send it from, an IP literal of the socket's family (default: that of the socket, or the system's
 * choice). It needs a transport with the capability `sourceAddress`: `@udpng/native`.
 */
export type Letter = readonly [host: string, port: number, data: Payload, local?: string]

/** Returns whether a value is `[host, port, data]` or `[host, port, data, local]`: an `Address`, a `Payload`, a string. Never throws. */
export function isLetter(value: unknown): value is Letter {
  const [host, port, data, local] = membersOf(value, 3, 4) ?? []
  return (
    typeof host === 'string' &&
    isPort(port) &&
    isPayload(data) &&
    (local === undefined || typeof local === 'string')
  )
}
