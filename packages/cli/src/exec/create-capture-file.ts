import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pcapHeader } from '@udpng/datagram/pcap'
import { UsageError } from '../failure.js'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist; create it, or choose another file',
  EACCES: 'permission denied; choose another file',
  EISDIR: 'it is a folder; choose a file',
}

/**
 * Creates the capture file of `--record`, or empties one that exists. It may have secrets in it, so only its owner can read a new one.
 *
 * @returns its absolute path: programs may change their working directory
 * @throws {UsageError} if that fails
 */
export async function createCaptureFile(file: string): Promise<string> {
  const path = resolve(file)
  try {
    await writeFile(path, pcapHeader(), { mode: 0o600 })
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    throw new UsageError(`cannot record to ${file}: ${REASONS[code] ?? message}`)
  }
  return path
}
