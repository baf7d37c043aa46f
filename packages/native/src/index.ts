import { addonFile } from './addon.js'
import { NativeTransport } from './native-transport.js'

export type { NativeTransport }

let transport: NativeTransport | undefined
/** Why it cannot serve, unless the reason may pass. */
let failure: { readonly why: unknown } | undefined

/** Shortages that may pass. The loader of the system reports them only in its message. */
const SHORTAGE = /^(EMFILE|ENFILE|ENOMEM|ENOBUFS)$/
const LOADER_SHORTAGE = /too many open files|cannot allocate memory/i

/**
 * The transport that peers take when this package is installed, and `transport` is "auto" or "native". It is made on the first
 * call; its sockets share the memory that datagrams go through. An addon that the environment variable `UDPNG_ADDON` names is foreign
 * code, so a process warning (code `UDPNG_ADDON`) names the file, once.
 *
 * @throws when it cannot serve: the system is not Linux, there is no addon for this machine, or the kernel refuses
 *   what it needs. From then on the same error is thrown at once, unless the system was short of files or memory
 */
export function nativeTransport(): NativeTransport {
  if (transport) return transport
  if (failure) throw failure.why
  try {
    transport = new NativeTransport()
  } catch (why) {
    if (!mayPass(why as NodeJS.ErrnoException)) failure = { why }
    throw why
  }
  if (process.env['UDPNG_ADDON'])
    process.emitWarning(`@udpng/native uses the addon that UDPNG_ADDON names: ${addonFile()}`, {
      code: 'UDPNG_ADDON',
    })
  return transport
}

function mayPass({ code = '', message }: NodeJS.ErrnoException): boolean {
  return SHORTAGE.test(code) || (code === 'ERR_DLOPEN_FAILED' && LOADER_SHORTAGE.test(message))
}
