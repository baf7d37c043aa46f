import { isDatagram } from './datagram.js'
import { isLetter } from './letter.js'
import { isPayload, type Payload } from './payload.js'

/** Returns the payload of a message: of a `Datagram`, of a `Letter`, or the message itself; undefined for anything else. Never throws. */
export function payloadOf(message: unknown): Payload | undefined {
  if (isPayload(message)) return message
  if (isDatagram(message)) return message[0]
  return isLetter(message) ? message[2] : undefined
}
