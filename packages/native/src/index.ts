import { addonFile } from './addon.js'
import { NativeTransport } from './native-transport.js'

export type { AttachedSocket, AttachOptions } from './attached-socket.js'
export type { Failure } from './outgoing.js'
export type { NativeTransport }

let transport: NativeTransport | undefined
/** Why it cannot be used, unless the reason may be temporary. */
let failure: { readonly why: unknown } | undefined

/** Temporary shortages. The system's loader, and Node.js when it reads a package.json, report them only in the message. */
const SHORTAGE = /^(EMFILE|ENFILE|ENOMEM|ENOBUFS)$/
const UNCLEAR = /^(ERR_DLOPEN_FAILED|ERR_INVALID_PACKAGE_CONFIG)$/
const SHORTAGE_TEXT = /too many open files|cannot allocate memory/i

/**
 * Returns the native transport, which peers use if this package is installed and `transport` is "auto" or "native". The first call
 * creates it; all its sockets share the memory for datagrams. An addon named by the environment variable `UDPNG_ADDON` is foreign
 * code, so a process warning (code `UDPNG_ADDON`) names its file, once.
 *
 * @throws an `Error` if it cannot be used: the system is not Linux, there is no addon for this machine, or the kernel refuses
 *   a system call. Later calls throw the same error at once, unless the system was out of files or memory
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
  return SHORTAGE.test(code) || (UNCLEAR.test(code) && SHORTAGE_TEXT.test(message))
}
