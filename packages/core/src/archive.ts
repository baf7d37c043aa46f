import { Figures } from './figures.js'
import { figuresOf } from './figures-of.js'
import { ENDED, type Microprocess } from './microprocess.js'

/** Maximum number of unsettled parts that are looked at with each end. */
const MAX_LOOKS = 4

/**
 * Moves the figures of an ended component, and of everything it started, into those of its parent. If the parent has
 * ended too and has no other children, continues with the parent.
 *
 * @param root - the parent of components without one
 */
export function archive(process: Microprocess, root: Microprocess): void {
  for (let part = process; part.state === ENDED && !part.children?.size; ) {
    const home = part.parent ?? root
    home.children?.delete(part)
    settlePart(home, part)
    // Each end looks at some unsettled parts, so that they do not pile up.
    let left = MAX_LOOKS
    for (const other of home.unsettled ?? []) {
      if (left-- === 0) break
      settlePart(home, other)
    }
    part = home
  }
}

/** Adds the figures of an ended part to `past`, once they are final. */
export function settlePart(home: Microprocess, part: Microprocess): void {
  home.unsettled?.delete(part)
  if (part.isService) return
  const figures = figuresOf(part)
  // For example, datagrams that the system has not taken yet.
  if (figures.waiting > 0) {
    home.unsettled ??= new Set()
    home.unsettled.add(part)
    return
  }
  home.past ??= new Figures()
  home.past.addPart(part.group, figures)
}
