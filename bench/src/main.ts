// Measures what udpng carries and costs, beside Node.js itself, and prints it as tables:
// [--quick] [--only SECTION] [--out FOLDER]. A run that is not quick, and is of all sections, writes results.json,
// its tables and its charts into its folder. --draw measures nothing, and writes tables and charts of the last results.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { work } from './jobs.js'
import { machine } from './machine.js'
import { bars, picture } from './rates.js'
import { markdown, parseResults, type Results } from './report.js'
import { SCHEMES } from './schemes.js'
import { FULL, QUICK, SECTIONS, type Section } from './sections.js'
import { WORKER } from './worker.js'

/** Where the results of the last full run are. */
const OWN_FOLDER = join(import.meta.dirname, '..')

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      draw: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  })
  if (values.draw) {
    const results = readFileSync(join(OWN_FOLDER, 'results.json'), 'utf8')
    return draw(parseResults(results), values.out ?? OWN_FOLDER)
  }
  const names = values.only ?? Object.keys(SECTIONS)
  for (const name of names)
    if (!SECTIONS[name])
      throw new Error(`there is no section ${name}, only ${Object.keys(SECTIONS).join(', ')}`)
  const scale = values.quick ? QUICK : FULL
  const where = machine()
  if (where.loadBefore > where.cores / 2)
    process.stderr.write(`the machine is busy (load ${where.loadBefore}): expect noise\n`)
  const sections: Section[] = []
  for (const name of names) {
    process.stderr.write(`${name} ...\n`)
    const section = await SECTIONS[name]?.(scale)
    if (section) sections.push(section)
  }
  const results: Results = {
    date: new Date().toISOString().slice(0, 10),
    machine: where,
    scale,
    sections,
  }
  process.stdout.write(`${markdown(results)}\n`)
  const out = values.out ?? (values.quick || values.only ? undefined : OWN_FOLDER)
  if (out === undefined) return
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
  await draw(results, out)
}

/** Writes the tables and charts of a run. */
async function draw(results: Results, out: string): Promise<void> {
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, 'results.md'), `${markdown(results)}\n`)
  writeFileSync(join(out, 'rates.md'), `${picture(results)}\n`)
  // Not before: a worker, which is this same program, needs nothing of it.
  const { chart } = await import('./chart.js')
  for (const [name, scheme] of Object.entries(SCHEMES)) {
    writeFileSync(join(out, `results-${name}.svg`), chart(results, scheme))
    writeFileSync(join(out, `rates-${name}.svg`), bars(results, scheme))
  }
}

if (process.argv[2] === WORKER) {
  const [, , , job = '', options = ''] = process.argv
  await work(job, JSON.parse(options) as never)
} else {
  try {
    await bench()
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
