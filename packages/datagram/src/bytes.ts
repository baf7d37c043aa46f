/*
 * A Uint8Array of a caller may have a `length` or a `buffer` of its own (a property, or a getter in a subclass), and its class
 * may come from another realm (a worker of jest). What the getters of %TypedArray% return cannot be overridden, and the tag is undefined for anything
 * that is not a typed array: ECMA-262, 23.2.3.
 */
const lengthOf = /* @__PURE__ */ getter('length')
const bufferOf = /* @__PURE__ */ getter('buffer')
const tagOf = /* @__PURE__ */ getter(Symbol.toStringTag)

/** Returns whether a value is a Uint8Array, as every Buffer is. Never throws, and runs no code of the value. */
export function isBytes(value: unknown): value is Uint8Array {
  return tagOf.call(value as Uint8Array) === 'Uint8Array'
}

/**
 * Returns the actual number of bytes of a Uint8Array, even if it has a `length` of its own.
 *
 * @throws TypeError for a value that is not a typed array
 */
export function byteLengthOf(data: Uint8Array): number {
  return lengthOf.call(data) as number
}

/**
 * Returns whether the memory of a Uint8Array was transferred to another owner, so that its bytes are gone. It costs an
 * allocation if the array has a length of 0, and nothing otherwise.
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

function getter(
  name: 'length' | 'buffer' | typeof Symbol.toStringTag,
): (this: Uint8Array) => unknown {
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype)
  return Object.getOwnPropertyDescriptor(typedArray, name)?.get as (this: Uint8Array) => unknown
}
