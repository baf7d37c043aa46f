import { show } from '@udpng/core/options'
import {
  byteLengthOf,
  type Family,
  isBytes,
  isDetached,
  isPort,
  MAX_PAYLOAD_BYTES,
} from '@udpng/datagram'
import type { Objection } from './names.js'

/** Returns why these data cannot be sent as one datagram to this port, for any host; undefined if they can. */
export function objectionTo(data: unknown, port: unknown, family: Family): Objection | undefined {
  const most = MAX_PAYLOAD_BYTES[family]
  if (!isBytes(data))
    return { code: 'BAD_MESSAGE', why: `data is ${show(data)}; it must be text or a Uint8Array` }
  const length = byteLengthOf(data)
  if (length > most) return { code: 'TOO_LARGE', why: `${length} bytes are more than ${most}` }
  if (length === 0 && isDetached(data))
    return { code: 'BAD_MESSAGE', why: 'the memory of its data was transferred; send a copy' }
  if (!isPort(port, 1))
    return { code: 'BAD_ADDRESS', why: 'the port must be a whole number from 1 to 65535' }
  return undefined
}
