import { show } from '@udpng/core/options'

/** The code and the message of a system error. */
export interface SystemErrorDetails {
  readonly code: string | undefined
  readonly syscall: string | undefined
  readonly message: string
}

/** Returns the details of a thrown value of any type: a transport may throw anything. Never throws. */
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
