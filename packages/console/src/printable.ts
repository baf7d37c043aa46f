import { isUtf8 } from 'node:buffer'

/**
 * Characters that control a terminal or disorder its lines: C0 except tab and newline, DEL, C1, line and paragraph separators,
 * and bidirectional controls.
 */
// Written out, because a bundler makes `new RegExp` of \p{Bidi_Control}, and that would be code at module level.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const DANGEROUS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** A non-ASCII character in well-formed UTF-8 (Unicode, table 3-7), otherwise a stray byte; bytes as latin1. */
const BEYOND_ASCII =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g

/**
 * Escapes untrusted bytes as text that is safe to show on a terminal.
 *
 * Bytes are decoded as UTF-8. Control characters other than tab and newline are written as `\x1b`, invalid bytes
 * as `\xff`, and C1 controls, line separators and bidirectional controls as
 * `\u202e`. Everything else, including backslashes, is unchanged.
 *
 * @param data - bytes, or text decoded from such bytes
 */
export function printable(data: Uint8Array | string): string {
  const text = typeof data === 'string' ? data : decode(data)
  return text.replace(DANGEROUS, (character) =>
    character < '\x80' ? escapeByte(character.charCodeAt(0)) : escapeUnit(character),
  )
}

/**
 * Escapes text for one line: applies `printable`, then trims the lines, drops empty ones and joins the rest by `; `. The time is
 * proportional to the length.
 *
 * @param data - bytes, or text decoded from such bytes
 */
export function printableLine(data: Uint8Array | string): string {
  return printable(data)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('; ')
}

/**
 * Returns JSON that is safe to show on a terminal: characters that `printable` escapes are written as `\u001b`, so that a parser
 * reads the same value.
 *
 * @param value - any value for `JSON.stringify`
 * @param space - the indentation, as for `JSON.stringify` (default: none, on one line)
 */
export function printableJson(value: unknown, space?: number): string {
  // JSON.stringify escapes C0 in strings: what is left of it is the white space between values.
  return String(JSON.stringify(value, undefined, space)).replace(DANGEROUS, escapeUnit)
}

function decode(data: Uint8Array): string {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  if (isUtf8(bytes)) return bytes.toString()
  return bytes
    .toString('latin1')
    .replace(BEYOND_ASCII, (found) =>
      found.length === 1
        ? escapeByte(found.charCodeAt(0))
        : Buffer.from(found, 'latin1').toString(),
    )
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function escapeByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}
