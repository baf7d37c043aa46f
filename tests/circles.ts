/**
 * Finds the circles of a graph: each set of nodes that reach each other.
 *
 * @param arrows - for each node, the nodes that it leads to
 * @see Tarjan, Depth-first search and linear graph algorithms, 1972
 */
export function circles(arrows: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = []
  const numbers = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const visit = (node: string): void => {
    numbers.set(node, numbers.size)
    lowest.set(node, numbers.size - 1)
    open.push(node)
    for (const next of arrows.get(node) ?? []) {
      if (!numbers.has(next)) visit(next)
      else if (!open.includes(next)) continue
      lowest.set(node, Math.min(lowest.get(node) as number, lowest.get(next) as number))
    }
    if (lowest.get(node) !== numbers.get(node)) return
    const circle = open.splice(open.indexOf(node))
    if (circle.length > 1) found.push(circle.sort())
  }
  for (const node of arrows.keys()) if (!numbers.has(node)) visit(node)
  return found
}
