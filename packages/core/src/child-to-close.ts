import type { UdpngError } from './errors.js'
import type { Microprocess } from './microprocess.js'

/**
 * Asks the parents of a failed component, the nearest first, whether they contain the failure.
 *
 * @returns the child of the parent that does: the failed component or an ancestor of it; undefined if none does
 */
export function childToClose(failed: Microprocess, failure: UdpngError): Microprocess | undefined {
  for (let child = failed; child.parent; child = child.parent)
    if (contains(child.parent, child, failure)) return child
  return undefined
}

/** Whether a parent contains the failure. An exception counts as false. */
function contains(parent: Microprocess, child: Microprocess, failure: UdpngError): boolean {
  try {
    return parent.hooks.onChildFailure(parent.component, child.component, failure)
  } catch {
    return false
  }
}
