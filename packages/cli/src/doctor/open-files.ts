import { openFilesLimit } from '../open-files.js'
import type { Finding } from './finding.js'

/** Each socket is an open file; a relay has one for each client. */
const RECOMMENDED_LIMIT = 4096

/** Checks the limit of open files. */
export function openFiles(): Finding {
  const name = 'ulimit -n'
  const limit = openFilesLimit()
  if (limit === undefined) return { name, value: 'not reported', verdict: 'unknown' }
  const value = limit === Infinity ? 'unlimited' : String(limit)
  if (limit >= RECOMMENDED_LIMIT) return { name, value, verdict: 'fine' }
  return {
    name,
    value,
    verdict: 'low',
    meaning: 'the maximum of open files, and so of sockets, of one process',
    command: 'ulimit -n 65536',
  }
}
