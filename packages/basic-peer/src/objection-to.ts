import { show } from '@udpng/core/options'
import {
  byteLengthOf,
  isBytes,
  isDetached,
  isPort,
  MAX_PAYLOAD_BYTES,
  MAX_UNIX_PAYLOAD_BYTES,
} from '@udpng/datagram'
import type { Objection } from './names.js'
import type { Settings } from './options.js'

/** Returns why these data cannot be sent as one datagram to this port, for any host; undefined if they can. */
export function objectionTo(
  data: unknown,
  port: unknown,
  { family, unix }: Pick<Settings, 'family' | 'unix'>,
): Objection | undefined {
  const most = unix ? MAX_UNIX_PAYLOAD_BYTES : MAX_PAYLOAD_BYTES[family]
  if (!isBytes(data))
    return { code: 'BAD_MESSAGE', why: `data is ${show(data)}; it must be text or a Uint8Array` }
  const length = byteLengthOf(data)
  if (length > most) return { code: 'TOO_LARGE', why: `${length} bytes are more than ${most}` }
  if (length === 0 && isDetached(data))
    return { code: 'BAD_MESSAGE', why: 'the memory of its data was transferred; send a copy' }
  return portObjection(port, unix)
}

/** Returns why this is not a port to send to; undefined if it is. */
export function portObjection(port: unknown, unix: boolean): Objection | undefined {
  if (unix ? port === 0 : isPort(port, 1)) return undefined
  const why = unix
    ? 'the port of a Unix address is 0'
    : 'the port must be a whole number from 1 to 65535'
  return { code: 'BAD_ADDRESS', why }
}
