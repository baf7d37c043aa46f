/*
 * A Uint8Array of a caller may have a `length` or a `buffer` of its own (a property, or a getter in a subclass). What the
 * getters of %TypedArray% return cannot be overridden: ECMA-262, 23.2.3.
 */
const lengthOf = /* @__PURE__ */ getter('length')
const bufferOf = /* @__PURE__ */ getter('buffer')

/**
 * Returns the number of bytes that a Uint8Array has.
 *
 * @throws TypeError for what is not a typed array
 */
export function byteLengthOf(data: Uint8Array): number {
  return lengthOf.call(data) as number
}

/**
 * Returns whether the memory of a Uint8Array was transferred to another owner, so that its bytes are gone. It costs an
 * allocation when the array has a length of 0, and nothing otherwise.
 */
export function isDetached(data: Uint8Array): boolean {
  if (byteLengthOf(data) > 0) return false
  try {
    // ArrayBuffer.prototype.detached needs Node.js 22.
    new Uint8Array(bufferOf.call(data) as ArrayBuffer)
    return false
  } catch {
    return true
  }
}

/** The error of a datagram whose bytes are gone: the system's EFAULT, for memory that cannot be read. */
export function detachedError(): NodeJS.ErrnoException {
  const message = 'the memory of the datagram was transferred before it was sent'
  return Object.assign(new Error(message), { code: 'EFAULT', syscall: 'send' })
}

function getter(name: 'length' | 'buffer'): (this: Uint8Array) => unknown {
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype)
  return Object.getOwnPropertyDescriptor(typedArray, name)?.get as (this: Uint8Array) => unknown
}
