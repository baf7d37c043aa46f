const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What turns the direction of writing, and separates lines. */
const MARKS = [
  0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067,
  0x2068, 0x2069,
]

/** Whether a terminal would take a character for anything but text. */
function isDangerous(code: number): boolean {
  if (code === 0x09 || code === 0x0a) return false
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || MARKS.includes(code)
}

/** Whether a terminal would take all of it as text, line ends and tabs. */
export function isHarmless(text: string): boolean {
  for (const character of text) if (isDangerous(character.codePointAt(0) as number)) return false
  return true
}

/** What `printable` must make of bytes, told character by character. */
export function expectedText(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const character = characterAt(bytes, at)
    if (character === undefined) text += `\\x${hex(bytes[at] as number, 2)}`
    else {
      const code = character.codePointAt(0) as number
      if (!isDangerous(code)) text += character
      else text += code < 0x80 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`
    }
    at += character === undefined ? 1 : Buffer.byteLength(character)
  }
  return text
}

/** The one character that begins there; undefined where none does. */
function characterAt(bytes: Uint8Array, at: number): string | undefined {
  const [first = 0] = bytes.subarray(at, at + 1)
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  try {
    return decoder.decode(bytes.subarray(at, at + length))
  } catch {
    return undefined
  }
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
