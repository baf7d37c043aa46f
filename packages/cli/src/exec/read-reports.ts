import { readFile } from 'node:fs/promises'
import type { Report } from '@udpng/dgram'

/** Reads the reports of processes and threads that had sockets, in the order of their ends. */
export async function readReports(file: string): Promise<readonly Report[]> {
  let text = ''
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Report)
    .filter(({ sockets }) => sockets.length > 0)
}
