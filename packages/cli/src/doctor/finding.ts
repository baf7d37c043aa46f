/** The result of one check. */
export interface Finding {
  /** The setting. */
  readonly name: string
  /** Its value. */
  readonly value: string
  /** `fine`; `low`: it costs datagrams or speed; `unknown`: this system does not report it. */
  readonly verdict: 'fine' | 'low' | 'unknown'
  /** An explanation, if one is needed. */
  readonly meaning?: string
  /** The command that changes it. */
  readonly command?: string
}

/** `208 KiB`, `8 MiB`. */
export function showBytes(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${+(bytes / 1024 / 1024).toFixed(1)} MiB`
  return bytes >= 1024 ? `${+(bytes / 1024).toFixed(1)} KiB` : `${bytes} bytes`
}
