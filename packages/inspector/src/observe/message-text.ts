import { types } from 'node:util'

/** Maximum number of characters of a text. */
const MAX_TEXT = 2000
/** Maximum number of bytes of binary data. */
const MAX_BYTES = 512
/** Maximum number of elements of an array, entries of a map, members of an object. */
const MAX_MEMBERS = 32
/** Maximum number of values in total, and their maximum depth. */
const MAX_VALUES = 200
const MAX_DEPTH = 4

/**
 * Formats a message as text like `util.inspect`, and cuts it. No code of the message runs: no getter, no `toString`, no trap of a proxy.
 * (`util.inspect` reads `Symbol.toStringTag` and `constructor.name`, which may be code, and lists all members of an object.)
 * Never throws.
 */
export function messageText(message: unknown): string {
  try {
    const text = new Writer().show(message, 0)
    return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text
  } catch {
    return '[cannot be shown]' // too deep in a stack that is nearly full, say
  }
}

class Writer {
  #left = MAX_VALUES
  readonly #above: object[] = []

  show(value: unknown, depth: number): string {
    if (this.#left-- <= 0) return '...'
    switch (typeof value) {
      case 'string':
        return depth === 0 ? cut(value) : JSON.stringify(cut(value))
      case 'bigint':
        return isVast(value) ? '[BigInt]' : `${value}n`
      case 'function':
        return '[Function]'
      case 'object':
        return value === null ? 'null' : this.#showObject(value, depth)
      default:
        return String(value)
    }
  }

  #showObject(value: object, depth: number): string {
    if (types.isProxy(value)) return '[Proxy]'
    if (ArrayBuffer.isView(value)) return viewText(value)
    if (types.isDate(value)) return dateText(value)
    if (types.isBoxedPrimitive(value)) return '[Boxed]'
    if (this.#above.includes(value)) return '[Circular]'
    if (depth >= MAX_DEPTH) return '[...]'
    this.#above.push(value)
    try {
      return this.#showMembers(value, depth + 1)
    } finally {
      this.#above.pop()
    }
  }

  #showMembers(value: object, depth: number): string {
    if (Array.isArray(value)) {
      const { length } = value
      const shown = Math.min(length, MAX_MEMBERS)
      const items = Array.from({ length: shown }, (_, i) => this.#showMember(value, i, depth))
      return `[${list(items, length - shown)}]`
    }
    if (types.isMap(value)) {
      const items: string[] = []
      // The iterator of a map itself, whatever is in its place.
      const entries = Map.prototype.entries.call(value)
      for (let next = step(entries, items); next; next = step(entries, items))
        items.push(`${this.show(next[0], depth)} => ${this.show(next[1], depth)}`)
      return `Map {${list(items, Reflect.get(Map.prototype, 'size', value) - items.length)}}`
    }
    if (types.isSet(value)) {
      const items: string[] = []
      const entries = Set.prototype.entries.call(value)
      for (let next = step(entries, items); next; next = step(entries, items))
        items.push(this.show(next[0], depth))
      return `Set {${list(items, Reflect.get(Set.prototype, 'size', value) - items.length)}}`
    }
    return this.#showPlain(value, depth)
  }

  #showPlain(value: object, depth: number): string {
    const items: string[] = []
    let more = 0
    const isError = types.isNativeError(value)
    const keys = isError ? ['message', 'code'] : Object.keys(value)
    for (const key of keys) {
      if (isError && !Object.hasOwn(value, key)) continue
      if (items.length < MAX_MEMBERS && this.#left > 0)
        items.push(`${keyText(key)}: ${this.#showMember(value, key, depth)}`)
      else more++
    }
    const name = classOf(value)
    return `${name === 'Object' ? '' : `${name} `}{${list(items, more)}}`
  }

  #showMember(value: object, key: string | number, depth: number): string {
    const member = Object.getOwnPropertyDescriptor(value, key)
    if (!member) return '<empty>'
    return 'value' in member ? this.show(member.value, depth) : '[Getter]'
  }
}

/** The next entry of an iterator, unless the maximum is shown already. */
function step<T>(entries: IterableIterator<T>, items: readonly string[]): T | undefined {
  if (items.length >= MAX_MEMBERS) return undefined
  const { value, done } = entries.next()
  return done ? undefined : value
}

function list(items: readonly string[], more: number): string {
  const all = more > 0 ? [...items, `... ${more} more`] : items
  return all.length > 0 ? ` ${all.join(', ')} ` : ''
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? cut(key) : JSON.stringify(cut(key))
}

/** The name of an object's class, found without running its code. */
function classOf(value: object): string {
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === null || types.isProxy(prototype)) return '[no prototype]'
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  if (typeof made !== 'function' || types.isProxy(made)) return 'Object'
  const name: unknown = Object.getOwnPropertyDescriptor(made, 'name')?.value
  return typeof name === 'string' && name ? cut(name) : 'Object'
}

function dateText(date: Date): string {
  const time = Date.prototype.getTime.call(date)
  return Number.isNaN(time) ? 'Invalid Date' : new Date(time).toISOString()
}

/** Digits of such a number are costly. */
function isVast(value: bigint): boolean {
  return value > 2n ** 256n || value < -(2n ** 256n)
}

/** Printable data as text; otherwise as bytes. */
function viewText(view: ArrayBufferView): string {
  // By the getters of its class itself, whatever is in their place.
  const of = types.isDataView(view)
    ? DataView.prototype
    : Object.getPrototypeOf(Uint8Array.prototype)
  const [buffer, offset, length] = ['buffer', 'byteOffset', 'byteLength'].map((key) =>
    Reflect.get(of, key, view),
  ) as [ArrayBuffer, number, number]
  const start = Buffer.from(buffer, offset, Math.min(length, MAX_BYTES))
  const rest = length > MAX_BYTES ? `... ${length - MAX_BYTES} bytes more` : ''
  const text = types.isUint8Array(view) ? start.toString('utf8') : '\0'
  if (isPrintable(text, rest !== '')) return `${JSON.stringify(text)}${rest}`
  return `<${start.toString('hex').replace(/(..)(?=.)/g, '$1 ')}>${rest}`
}

/** @param isCut - its last character may be, too */
function isPrintable(text: string, isCut: boolean): boolean {
  const whole = isCut ? text.replace(/\uFFFD+$/, '') : text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return !/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\uFFFD]/.test(whole)
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text
}
