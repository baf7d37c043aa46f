import type { Picture, PictureNode } from './picture.js'

/** A picture as a Mermaid flowchart, which GitHub and others draw. */
export function mermaid({ nodes, edges }: Picture): string {
  const ids = new Map(nodes.map(({ id }, i) => [id, `n${i + 1}`]))
  const lines = ['flowchart LR']
  const draw = (group: string | undefined, indent: string): void => {
    for (const node of nodes) {
      if (node.group !== group) continue
      const id = ids.get(node.id)
      lines.push(`${indent}${id}["${label(node)}"]`)
      if (!nodes.some((other) => other.group === node.id)) continue
      lines.push(`${indent}subgraph ${id}s["${escaped(node.name)}: one for each client"]`)
      draw(node.id, `${indent}  `)
      lines.push(`${indent}end`)
    }
  }
  draw(undefined, '  ')
  for (const { from, to, control } of edges) {
    const text = `"${escaped(from.box)} → ${escaped(to.box)}"`
    const arrow = control ? `-. ${text} .->` : `-- ${text} -->`
    lines.push(`  ${ids.get(from.node)} ${arrow} ${ids.get(to.node)}`)
  }
  return `${lines.join('\n')}\n`
}

function label({ name, component, details }: PictureNode): string {
  const [first, ...rest] = [name, component, ...details].map(escaped)
  return [`<b>${first}</b>`, ...rest].join('<br>')
}

/** Any character that could mean something to Mermaid, Markdown or HTML, by its number. */
function escaped(text: string): string {
  return text
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
    .replaceAll(/[^\p{L}\p{N} .,:…/-]/gu, (character) => `#${character.codePointAt(0)};`)
}
