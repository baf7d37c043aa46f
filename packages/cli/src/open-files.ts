import { readdirSync, readFileSync } from 'node:fs'

/** Returns the limit of open files, and so of sockets, of this process; undefined if the system does not report it. */
export function openFilesLimit(): number | undefined {
  try {
    // proc_pid_limits(5)
    const [, soft] =
      /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? []
    return soft === 'unlimited' ? Infinity : Number(soft)
  } catch {
    const report = process.report?.getReport() as
      | { readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } } }
      | undefined
    const soft = report?.userLimits?.open_files?.soft
    return soft === undefined ? undefined : soft === 'unlimited' ? Infinity : Number(soft)
  }
}

/** Returns the number of open files of this process; undefined if the system does not report it. */
export function openFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined
  }
}
