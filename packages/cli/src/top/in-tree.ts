import type { Picture } from '@udpng/inspector'

/** The position of a component in the tree. */
export interface Node {
  readonly name: string
  /** Number of ancestors. */
  readonly depth: number
}

/** Returns all components, each after its parent. A component whose parent is missing, or is one of its own descendants, is a root. */
export function inTree({ components }: Pick<Picture, 'components'>): readonly Node[] {
  const children = new Map<string, string[]>()
  const roots: string[] = []
  for (const [name, { parent }] of Object.entries(components)) {
    if (parent === undefined || !Object.hasOwn(components, parent)) roots.push(name)
    else if (children.has(parent)) children.get(parent)?.push(name)
    else children.set(parent, [name])
  }
  const found = new Map<string, Node>()
  // A stack of our own: the tree may be as deep as there are components.
  const walk = (root: string): void => {
    const stack: Node[] = [{ name: root, depth: 0 }]
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (found.has(node.name)) continue
      found.set(node.name, node)
      const { name, depth } = node
      for (const child of children.get(name)?.toReversed() ?? [])
        stack.push({ name: child, depth: depth + 1 })
    }
  }
  for (const root of roots) walk(root)
  // Those that are left are parents of each other, in a circle.
  for (const name of Object.keys(components)) if (!found.has(name)) walk(name)
  return [...found.values()]
}
