import { show } from '@udpng/core/options'

/** The code and the message of a system error. */
export interface SystemErrorDetails {
  readonly code: string | undefined
  readonly syscall: string | undefined
  readonly message: string
}

/** Reads what a system error says, whatever was thrown: a transport may throw anything. */
export function detailsOf(thrown: unknown): SystemErrorDetails {
  try {
    const { code, syscall, message } = Object(thrown) as Record<string, unknown>
    return {
      code: text(code),
      syscall: text(syscall),
      message: text(message) ?? `${show(thrown)} was thrown`,
    }
  } catch {
    return { code: undefined, syscall: undefined, message: `${show(thrown)} was thrown` } // its own code threw
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
