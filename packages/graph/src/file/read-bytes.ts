import { createReadStream } from 'node:fs'
import { UdpngError } from '@udpng/core'

/** The name of standard input, where files are named. */
export const STANDARD_INPUT = '-'

/** The common failures, in words. */
const WHY: Readonly<Record<string, string>> = {
  EACCES: 'that is not permitted',
  EISDIR: 'it is a directory',
  ENOENT: 'there is no such file',
}

/**
 * Reads a file, or standard input for `-`: no more than one byte beyond a limit, so that one can see it is exceeded.
 *
 * @throws {UdpngError} rejects with `BAD_OPTION` for what cannot be read
 */
export async function readBytes(file: string, limit: number): Promise<Uint8Array> {
  const input = file === STANDARD_INPUT ? process.stdin : createReadStream(file, { end: limit })
  const chunks: Uint8Array[] = []
  let left = limit + 1
  try {
    for await (const chunk of input as AsyncIterable<Uint8Array>) {
      chunks.push(chunk.subarray(0, left))
      left -= chunk.length
      if (left <= 0) break
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const why = WHY[code ?? ''] ?? message
    throw new UdpngError('BAD_OPTION', `cannot read ${file}: ${why}`, { cause })
  }
  return Buffer.concat(chunks)
}
