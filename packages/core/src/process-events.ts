const MAX_CHARACTERS = 4000
/** Control characters except tab and newline, line separators, and bidirectional controls. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const DANGEROUS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Calls back when the process is about to exit because no timer, socket or other handle is left. Returns a function that removes it. */
export function whenLoopIsEmpty(callback: () => void): () => void {
  const { process } = globalThis
  if (!process?.setMaxListeners) return () => {}
  // One listener for each run that is under way is not a leak. 0 is not a limit.
  const raise = (by: number): void => {
    const limit = process.getMaxListeners()
    if (limit > 0) process.setMaxListeners(Math.max(1, limit + by))
  }
  raise(1)
  process.once('beforeExit', callback)
  return () => {
    process.off('beforeExit', callback)
    raise(-1)
  }
}

/** Emits a process warning. */
export function emitWarning(code: string, message: string): void {
  globalThis.process?.emitWarning?.(printable(message), { type: 'UdpngWarning', code })
}

/** Escapes text for a terminal, because it may contain bytes from the network. */
export function printable(text: string): string {
  return text
    .slice(0, MAX_CHARACTERS)
    .replace(
      DANGEROUS,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
}

/**
 * Calls `describe` every `ms` milliseconds and writes its result on standard error, if `NODE_DEBUG` contains `udpng`; otherwise
 * does nothing. Returns a function that stops it.
 */
export function debugEvery(ms: number, describe: () => string | undefined): () => void {
  if (!isDebugging()) return () => {}
  const timer = setInterval(() => {
    const text = describe()
    if (text !== undefined) globalThis.process.stderr.write(`UDPNG: ${printable(text)}\n`)
  }, ms)
  timer.unref?.()
  return () => clearInterval(timer)
}

function isDebugging(): boolean {
  try {
    return /\budpng\b/i.test(String(globalThis.process.env['NODE_DEBUG']))
  } catch {
    return false // a runtime may have no process, or not give the environment
  }
}
