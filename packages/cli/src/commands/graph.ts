import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { UsageError } from '../failure.js'
import { type CommonOptions, withCommonOptions, withExamples } from '../options/common-options.js'
import { importOption } from '../options/import-option.js'
import { Notes } from '../output/notes.js'
import { printOut } from '../output/print-out.js'

/** `udpng graph graph.yaml` */
export function graphCommand(): Command {
  const command = new Command('graph')
    .summary('draw a graph of components from a YAML file')
    .description('Draws the graph that a YAML file describes, as Mermaid or SVG. Runs nothing.')
    .argument('<file>', 'a graph file; - for standard input')
    .option('--svg', 'draw an SVG document (default: a Mermaid flowchart)')
    .option('-o, --output <file>', 'file to write to (default: standard output)')
    .addOption(importOption())
    .action(graph)
  withExamples(command, [
    ['udpng graph relay.yaml', 'as Mermaid, which GitHub renders'],
    ['udpng graph relay.yaml --svg -o relay.svg', 'as SVG, for light and dark themes'],
  ])
  return withCommonOptions(command)
}

interface GraphOptions extends CommonOptions {
  readonly svg?: boolean
  readonly output?: string
  readonly import: readonly string[]
}

async function graph(file: string, options: GraphOptions): Promise<void> {
  // Not before it is asked for, as in `run`.
  const { loadGraph } = await import('../load-graph.js')
  const { draw } = await import('@udpng/graph')
  const read = await loadGraph(file, options.import, new Notes(options))
  const text = draw(read, options.svg ? 'svg' : 'mermaid')
  if (options.output === undefined) await printOut(text)
  else await write(options.output, text)
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (cause) {
    throw new UsageError(`cannot write ${file}: ${(cause as Error).message}`, { cause })
  }
}
