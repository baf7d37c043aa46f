import { isPort } from './is-port.js'
import { membersOf } from './members-of.js'
import { isPayload, type Payload } from './payload.js'

/** A datagram to send, with its destination. (A received one, `Datagram`, has another order: `[data, [host, port]]`.) */
export type Letter = readonly [host: string, port: number, data: Payload]

/** Returns whether a value is `[host, port, data]`: an `Address` and a `Payload`. Never throws. */
export function isLetter(value: unknown): value is Letter {
  const [host, port, data] = membersOf(value, 3) ?? []
  return typeof host === 'string' && isPort(port) && isPayload(data)
}
