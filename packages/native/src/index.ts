import { addonFile } from './addon.js'
import { NativeTransport } from './native-transport.js'

export type { NativeTransport }

let transport: NativeTransport | undefined

/**
 * The transport that peers take when this package is installed, and `transport` is "auto" or "native". It is made on the first
 * call; its sockets share the memory that datagrams go through. An addon that the environment variable `UDPNG_ADDON` names is foreign
 * code, so a process warning (code `UDPNG_ADDON`) names the file, once.
 *
 * @throws when it cannot serve: the system is not Linux, there is no addon for this machine, or the kernel refuses
 *   what it needs
 */
export function nativeTransport(): NativeTransport {
  if (transport) return transport
  transport = new NativeTransport()
  if (process.env['UDPNG_ADDON'])
    process.emitWarning(`@udpng/native uses the addon that UDPNG_ADDON names: ${addonFile()}`, {
      code: 'UDPNG_ADDON',
    })
  return transport
}
