import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspace.js'

/** A fenced block of a Markdown file. */
export interface Block {
  /** Path of the file, from the root of the repository. */
  readonly document: string
  /** Line of the opening fence, from 1. */
  readonly line: number
  /** The words after the opening fence: language first. */
  readonly info: readonly string[]
  readonly text: string
}

function list(folder: string): string[] {
  return existsSync(join(root, folder)) ? readdirSync(join(root, folder)).sort() : []
}

/** Paths of the documents that people read, from the root of the repository; those that exist. */
export function documents(): string[] {
  return [
    ...['README', 'ARCHITECTURE', 'DECISIONS', 'CONTRIBUTING'].map((name) => `${name}.md`),
    'bench/README.md',
    ...list('packages').map((folder) => `packages/${folder}/README.md`),
    ...list('examples').map((folder) => `examples/${folder}/README.md`),
    ...list('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ].filter((path) => existsSync(join(root, path)))
}

export function read(document: string): string {
  return readFileSync(join(root, document), 'utf8')
}

/** The fenced blocks of a document, in order. */
export function blocks(document: string): Block[] {
  const found: Block[] = []
  let open: { line: number; indent: number; fence: string; info: string[]; lines: string[] } | null
  open = null
  for (const [index, line] of read(document).split('\n').entries()) {
    const [, indent = '', fence = '', rest = ''] = /^(\s*)(`{3,})(.*)$/.exec(line) ?? []
    if (open === null) {
      if (fence === '') continue
      const info = rest.trim().split(/\s+/)
      open = { line: index + 1, indent: indent.length, fence, info, lines: [] }
    } else if (fence.length >= open.fence.length && rest.trim() === '') {
      const text = open.lines.map((each) => each.slice(open?.indent)).join('\n')
      found.push({ document, line: open.line, info: open.info, text })
      open = null
    } else {
      open.lines.push(line)
    }
  }
  if (open) throw new Error(`${document}: the block of line ${open.line} is not closed`)
  return found
}
