import { NativeTransport } from './native-transport.js'

export type { NativeTransport }

let transport: NativeTransport | undefined

/**
 * The transport that peers take when this package is installed, and `transport` is "auto" or "native". It is made on the first
 * call; its sockets share the memory that datagrams go through.
 *
 * @throws when it cannot serve: the system is not Linux, there is no addon for this machine, or the kernel refuses
 *   what it needs
 */
export function nativeTransport(): NativeTransport {
  transport ??= new NativeTransport()
  return transport
}
