import { createReadStream } from 'node:fs'
import { UdpngError } from '@udpng/core'

/** The common failures, in words. */
const WHY: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOENT: 'no such file',
}

/**
 * Reads a file or a stream: at most one byte more than a limit, which proves that the limit is exceeded.
 *
 * @param name - the name of the file in errors
 * @throws {UdpngError} rejects with `BAD_OPTION` if it cannot be read
 */
export async function readBytes(
  input: string | AsyncIterable<Uint8Array>,
  limit: number,
  name: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let left = limit + 1
  try {
    const stream = typeof input === 'string' ? createReadStream(input, { end: limit }) : input
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      chunks.push(chunk.subarray(0, left))
      left -= chunk.length
      if (left <= 0) break
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const why = WHY[code ?? ''] ?? message
    throw new UdpngError('BAD_OPTION', `cannot read ${name}: ${why}`, { cause })
  }
  return Buffer.concat(chunks)
}
