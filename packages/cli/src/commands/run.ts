import { BasicPeer } from '@udpng/basic-peer'
import { printableLine } from '@udpng/console'
import { accountOf } from '@udpng/core/account'
import type { Graph, GraphComponent } from '@udpng/graph'
import { Command } from 'commander'
import { endOf } from '../failure.js'
import {
  type LongRunningOptions,
  withExamples,
  withLongRunningOptions,
} from '../options/common-options.js'
import { importOption } from '../options/import-option.js'
import { grouped, plural } from '../options/quantities.js'
import { Complaints } from '../output/complaints.js'
import { describe, isLossy, lossesOf, unintended } from '../output/losses.js'
import { Notes } from '../output/notes.js'
import { printOut } from '../output/print-out.js'
import { runSystem } from '../run-system.js'

/** `udpng run graph.yaml` */
export function runCommand(): Command {
  const command = new Command('run')
    .summary('run a graph of components from a YAML file')
    .description(
      'Runs the graph that a YAML file describes, until all its parts have ended or it is interrupted.',
    )
    .argument('<file>', 'a graph file; - for standard input')
    .option('--check', 'report all errors in the file, and run nothing')
    .addOption(importOption())
    .action(run)
  withExamples(command, [
    ['udpng run relay.yaml', 'until it is interrupted'],
    ['udpng run --check relay.yaml', 'report each error with its line and column'],
    ['udpng run relay.yaml --import ./mine.js', 'with the components that mine.js exports'],
  ])
  return withLongRunningOptions(command)
}

interface RunOptions extends LongRunningOptions {
  readonly check?: boolean
  readonly import: readonly string[]
}

async function run(
  file: string,
  { check, import: modules, ...options }: RunOptions,
): Promise<void> {
  // Not before it is asked for: what reads YAML and checks shapes takes longer to load than all the rest.
  const { loadGraph } = await import('../load-graph.js')
  const { assemble } = await import('@udpng/graph')
  const notes = new Notes(options)
  const complaints = new Complaints(notes, { onBroadcast: 'give the part broadcast: true' })
  const graph = await loadGraph(file, modules, notes)
  if (check) await printOut(`${printableLine(file)}: ${countsOf(graph)}, no errors\n`)
  else {
    const system = assemble(graph)
    const interrupted = await runSystem(system, {
      ...options,
      notes,
      lossLines: true,
      byPart: true,
      complaints,
    })
    printSummary(system, notes)
    endOf(interrupted)
  }
}

/** Prints the summary: datagrams of all peers, and losses by part. */
function printSummary(system: GraphComponent, notes: Notes): void {
  const account = accountOf(system)
  const losses = lossesOf(account, { byPart: true })
  const hasPeers = [...system.parts.values()].some((part) => part instanceof BasicPeer)
  if (!hasPeers && !isLossy(unintended(losses))) return
  notes.info(
    `${plural(account.received, 'datagram')} received, ${grouped(account.sent)} sent, ${describe(losses)}`,
  )
}

function countsOf({ parts, links }: Graph): string {
  return `${plural(parts.length, 'part')}, ${plural(links.length, 'link')}`
}
