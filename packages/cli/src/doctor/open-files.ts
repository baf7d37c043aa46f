import type { Finding } from './finding.js'

/** Each socket is an open file; a relay has one for each source. */
const ENOUGH = 4096

/** How many files the process may open. */
export function openFiles(): Finding {
  const name = 'ulimit -n'
  const report = process.report?.getReport() as
    | { readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } } }
    | undefined
  const soft = report?.userLimits?.open_files?.soft
  if (soft === undefined) return { name, value: 'not shown here', verdict: 'unknown' }
  if (soft === 'unlimited' || Number(soft) >= ENOUGH)
    return { name, value: String(soft), verdict: 'fine' }
  return {
    name,
    value: String(soft),
    verdict: 'low',
    meaning: 'open files, and so sockets, of one program',
    command: 'ulimit -n 65536',
  }
}
