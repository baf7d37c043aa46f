import { setTimeout as sleep } from 'node:timers/promises'
import type { WriteStream } from 'node:tty'
import { printableJson } from '@udpng/console'
import { Argument, Command, Option } from 'commander'
import { type CommonOptions, withCommonOptions, withExamples } from '../options/common-options.js'
import { duration } from '../options/quantities.js'
import { colored, Notes } from '../output/notes.js'
import { printOut } from '../output/print-out.js'
import { fetchPicture, inspectorUrl, NoInspector } from '../top/fetch-picture.js'
import { nextPicture } from '../top/next-picture.js'
import { type Sample, sampleOf } from '../top/sample.js'
import { type Paint, sampleTable } from '../top/sample-table.js'
import { Screen } from '../top/screen.js'

/** `udpng top`: a running system as a table, again and again. */
export function topCommand(): Command {
  const command = new Command('top')
    .summary('watch a running program')
    .description(
      'Shows the components of a running program as a table: message rates, queue lengths and drops. The program is a command that was started with --inspect, or one that calls inspect().',
    )
    .addArgument(
      new Argument('[url]', 'its inspector: URL, HOST:PORT or :PORT')
        .argParser(inspectorUrl)
        .default(new URL('http://127.0.0.1:7090/'), 'http://127.0.0.1:7090/'),
    )
    .addOption(
      new Option('--interval <time>', 'time between two updates')
        .argParser(duration(100))
        .default(1000, '1s'),
    )
    .option('--once', 'print one table, of one interval, and exit')
    .option('--json', 'print one line of JSON per interval')
    .action(top)
  withExamples(command, [
    ['udpng echo 127.0.0.1:1500 --inspect & udpng top', 'watch an echo server'],
    ['udpng top :7091 --once', 'one table, for a report'],
  ])
  return withCommonOptions(command)
}

interface TopOptions extends CommonOptions {
  readonly interval: number
  readonly once?: boolean
  readonly json?: boolean
}

async function top(url: URL, { interval, once: only, json, quiet }: TopOptions): Promise<void> {
  const stop = new AbortController()
  const interrupt = (): void => stop.abort()
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt)
  const { stdout } = process
  const screen = stdout.isTTY && !only && !json ? new Screen(stdout as WriteStream) : undefined
  const paint: Paint = (style, text) => colored(stdout, style, text)
  const show = async (sample: Sample): Promise<void> => {
    // The head of the table takes four lines, what is left out one.
    const rows = screen ? Math.max(1, screen.rows - 5) : Infinity
    const lines = json ? [printableJson(sample)] : sampleTable(sample, rows, paint)
    if (screen) screen.draw(lines)
    else await printOut(`${lines.join('\n')}\n${json || only ? '' : '\n'}`)
  }
  try {
    let before = await fetchPicture(url, stop.signal)
    let last: Sample | undefined
    try {
      for (let first = true; ; first = false) {
        // The first look is short, so that there is something to see.
        await sleep(first && !only ? Math.min(interval, 250) : interval, undefined, {
          signal: stop.signal,
        })
        const picture = await nextPicture(url, before, only === true, stop.signal)
        last = sampleOf(picture, before, last)
        await show(last)
        before = picture
        if (only) return
      }
    } catch (error) {
      // who asked for one table has got none
      if (only || !(error instanceof NoInspector && error.gone)) throw error
      new Notes({ quiet }).info(`the program at ${url.origin} has ended`)
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    screen?.close()
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt).off('SIGHUP', interrupt)
  }
}
