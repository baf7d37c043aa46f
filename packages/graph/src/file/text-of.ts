import { isUtf8 } from 'node:buffer'

/** The text of a file, or the text before its first invalid byte. */
export type Decoded = { readonly text: string } | { readonly validUntil: string }

/** Reads bytes as UTF-8; a byte order mark is not part of the text. */
export function textOf(bytes: Uint8Array): Decoded {
  if (isUtf8(bytes)) return { text: new TextDecoder().decode(bytes) }
  let valid = 0
  for (let step = 2 ** Math.ceil(Math.log2(bytes.length + 1)); step >= 1; step /= 2)
    if (valid + step <= bytes.length && prefix(bytes.subarray(0, valid + step)) !== undefined)
      valid += step
  return { validUntil: prefix(bytes.subarray(0, valid)) ?? '' }
}

/** The text at the beginning of bytes; undefined if some of them are invalid in UTF-8, whatever follows. */
function prefix(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return undefined
  }
}
