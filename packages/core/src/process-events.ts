/** Calls back when the process is about to exit because no timer, socket or other handle is left. Returns what undoes it. */
export function whenLoopIsEmpty(callback: () => void): () => void {
  const { process } = globalThis
  if (!process?.setMaxListeners) return () => {}
  // One listener for each run that is under way is not a leak.
  process.setMaxListeners(process.getMaxListeners() + 1)
  process.once('beforeExit', callback)
  return () => {
    process.off('beforeExit', callback)
    process.setMaxListeners(process.getMaxListeners() - 1)
  }
}

/** Emits a process warning. */
export function emitWarning(code: string, message: string): void {
  globalThis.process?.emitWarning?.(message, { type: 'UdpngWarning', code })
}

/**
 * With `NODE_DEBUG=udpng`, calls `describe` every `ms` milliseconds, and writes what it returns on standard error. Without, it
 * does nothing. Returns what undoes it.
 */
export function debugEvery(ms: number, describe: () => string | undefined): () => void {
  if (!isDebugging()) return () => {}
  const timer = setInterval(() => {
    const text = describe()
    if (text !== undefined) globalThis.process.stderr.write(`UDPNG: ${text}\n`)
  }, ms)
  timer.unref?.()
  return () => clearInterval(timer)
}

function isDebugging(): boolean {
  try {
    return /\budpng\b/i.test(globalThis.process?.env['NODE_DEBUG'] ?? '')
  } catch {
    return false // a runtime may not give the environment
  }
}
