import { type Linkage, link, UdpngError } from '@udpng/core'
import type { AnyInbox, AnyOutbox } from './fits.js'

/** A link to be made. */
export interface Join {
  /** Its name in errors. */
  readonly label: string
  readonly from: AnyOutbox
  readonly to: AnyInbox
  /** Called once when the link is cut. */
  readonly onCut?: () => void
}

/**
 * Makes all links, or none.
 *
 * @throws {UdpngError} the error of `link`, with the label of the link that cannot be made
 */
export function linkAll(joins: readonly Join[]): void {
  const made: Linkage[] = []
  for (const { label, from, to, onCut } of joins)
    try {
      made.push(link(from, to, onCut))
    } catch (error) {
      for (const linkage of made) linkage.unlink()
      if (!(error instanceof UdpngError)) throw error
      const { code, component, box } = error
      throw new UdpngError(code, `${label}: ${error.message}`, { cause: error, component, box })
    }
}
