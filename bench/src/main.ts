// Measures what udpng carries and costs, beside Node.js itself, and prints it as tables:
// [--quick] [--only SECTION] [--out FOLDER]. A run that is not quick, and is of all sections, writes results.json,
// results.md and the charts into its folder.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { work } from './jobs.js'
import { machine } from './machine.js'
import { markdown, type Results } from './report.js'
import { FULL, QUICK, SECTIONS, type Section } from './sections.js'
import { WORKER } from './worker.js'

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      out: { type: 'string' },
    },
  })
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
  const text = `${markdown(results)}\n`
  process.stdout.write(text)
  const ownFolder = values.quick || values.only ? undefined : join(import.meta.dirname, '..')
  const out = values.out ?? ownFolder
  if (out === undefined) return
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(join(out, 'results.md'), text)
  // Not before: a worker, which is this same program, needs nothing of it.
  const { chart, SCHEMES } = await import('./chart.js')
  for (const [name, scheme] of Object.entries(SCHEMES))
    writeFileSync(join(out, `results-${name}.svg`), chart(results, scheme))
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
