/** Version of the Internet Protocol. */
export type Family = 4 | 6

/** A parsed IP literal. */
export interface IpAddress {
  /** 6 also for `::ffff:192.0.2.1`: see `unmapped`. */
  readonly family: Family
  /** The address: 4 or 16 bytes. */
  readonly bytes: readonly number[]
  /** The interface through which it is reached: `eth0` in `fe80::1%eth0`, `2` in `fe80::1%2`; undefined without one. */
  readonly zone: string | undefined
}

const ZONE = /^[\da-z.:-]+$/i
const DOT = 46
const COLON = 58

/**
 * Parses an IP literal. It accepts the same texts as `isIP` of `node:net`. IPv4 is four decimal numbers without leading zeros, because
 * some programs read `010.0.0.1` as 8.0.0.1. IPv6 may be compressed, in upper case, end in an IPv4 address, and have a zone.
 *
 * @returns undefined for anything else
 * @see RFC 4291 section 2.2, RFC 4007 section 11, RFC 6943 section 3.1.1
 */
export function parseIp(literal: string): IpAddress | undefined {
  const { length } = literal
  if (!literal.includes(':')) {
    const bytes = readIPv4(literal, 0, length)
    return bytes && { family: 4, bytes, zone: undefined }
  }
  const at = literal.indexOf('%')
  const zone = at < 0 ? undefined : literal.slice(at + 1)
  if (zone !== undefined && !ZONE.test(zone)) return undefined
  const bytes = readIPv6(literal, at < 0 ? length : at)
  return bytes && { family: 6, bytes, zone }
}

/** Returns the IPv4 address in an IPv4-mapped IPv6 address (`::ffff:192.0.2.1`, RFC 4291 section 2.5.5.2), and any other unchanged. */
export function unmapped(ip: IpAddress): IpAddress {
  const { family, bytes } = ip
  if (family === 4 || bytes[10] !== 255 || bytes[11] !== 255) return ip
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return ip
  return { family: 4, bytes: bytes.slice(12), zone: undefined }
}

/**
 * Formats an IP address: IPv6 in lower case, the longest run of zeros compressed, an IPv4-mapped one with its IPv4 address in
 * decimal, then the zone.
 *
 * @see RFC 5952
 */
export function formatIp(ip: IpAddress): string {
  const { family, bytes, zone } = ip
  if (family === 4) return bytes.join('.')
  const suffix = zone === undefined ? '' : `%${zone}`
  const plain = unmapped(ip)
  if (plain.family === 4) return `::ffff:${plain.bytes.join('.')}${suffix}`
  const groups = Array.from({ length: 8 }, (_, i) => groupAt(bytes, 2 * i).toString(16))
  return compressed(groups.join(':')) + suffix
}

function groupAt(bytes: readonly number[], at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}

/** Replaces the first of the longest runs of zeros by `::`. */
function compressed(text: string): string {
  let start = 0
  let length = 0
  for (const { 0: run, index } of text.matchAll(/\b0(:0)+\b/g)) {
    if (run.length <= length) continue
    start = index
    length = run.length
  }
  if (length === 0) return text
  return `${text.slice(0, Math.max(0, start - 1))}::${text.slice(start + length + 1)}`
}

/** The bytes of four decimal numbers, from `start` to `end`; undefined for anything else. */
function readIPv4(text: string, start: number, end: number): number[] | undefined {
  const bytes: number[] = []
  let value = -1 // before its first digit
  for (let i = start; i <= end; i++) {
    const code = i < end ? text.charCodeAt(i) : DOT
    const digit = code - 48
    if (code === DOT) {
      if (value < 0 || bytes.length === 4) return undefined
      bytes.push(value)
      value = -1
    } else {
      if (digit < 0 || digit > 9 || value === 0) return undefined
      value = value < 0 ? digit : value * 10 + digit
      if (value > 255) return undefined
    }
  }
  return bytes.length === 4 ? bytes : undefined
}

/** The bytes of an IPv6 literal that ends at `end`; undefined for anything else. */
function readIPv6(text: string, end: number): number[] | undefined {
  const bytes: number[] = []
  let at = text.startsWith('::') ? 2 : 0
  /** The position of `::`. */
  let gap = at > 0 ? 0 : -1
  while (at < end) {
    const start = at
    let value = 0
    for (; at < end; at++) {
      const digit = hexDigit(text.charCodeAt(at))
      if (digit < 0) break
      value = value * 16 + digit
    }
    if (at < end && text.charCodeAt(at) === DOT) {
      const four = readIPv4(text, start, end)
      if (!four) return undefined
      bytes.push(...four)
      break
    }
    if (at === start || at - start > 4) return undefined
    bytes.push(value >> 8, value & 0xff)
    if (at === end) break
    if (text.charCodeAt(at++) !== COLON || at === end) return undefined
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) return undefined
      gap = bytes.length
      at++
    }
  }
  if (gap < 0) return bytes.length === 16 ? bytes : undefined
  if (bytes.length > 14) return undefined
  return [
    ...bytes.slice(0, gap),
    ...new Array<number>(16 - bytes.length).fill(0),
    ...bytes.slice(gap),
  ]
}

/** The value of a hexadecimal digit; -1 for another character. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32 // lower case
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}
