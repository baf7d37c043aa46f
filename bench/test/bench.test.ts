import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Program } from 'test-support/program'
import { describe, expect, it } from 'vitest'
import { bars, picture } from '../src/rates.js'
import { markdown, parseResults, type Results } from '../src/report.js'
import { SCHEMES } from '../src/schemes.js'

const folder = join(import.meta.dirname, '..')
/** Shown as skipped until a full run, on a quiet machine, has left its results here. */
const measured = existsSync(join(folder, 'results.json'))

const read = (path: string): Results => parseResults(readFileSync(path, 'utf8'))

const holdsOf = ({ sections }: Results) => sections.flatMap(({ holds }) => holds)

const HOPS = 'three stages against Node object streams'
const FLOWS = [64, 512, 1200].map(
  (size) => `Datagrams of ${size} bytes: udpng on node:dgram against node:dgram`,
)

describe('the benchmark', () => {
  it('PKG-06 measures both ratios in one run, and all that it needs for them', {
    timeout: 600_000,
  }, async () => {
    const out = mkdtempSync(join(tmpdir(), 'udpng-bench-'))
    try {
      using program = await Program.make(folder)
      using run = program.run('--quick', '--out', out)
      const { code, stdout } = await run.end
      expect(code).toBe(0)
      const results = read(join(out, 'results.json'))
      for (const what of [HOPS, ...FLOWS])
        expect(holdsOf(results).map((hold) => hold.what)).toContain(what)
      for (const { title, outcomes, columns } of results.sections) {
        expect(stdout).toContain(title)
        for (const { name, medians, repetitions } of outcomes) {
          expect(stdout).toContain(name)
          expect(repetitions).toHaveLength(results.scale.repetitions)
          expect(Object.keys(medians)).toEqual(
            expect.arrayContaining(columns.map(({ key }) => key)),
          )
        }
      }
      // What is lost on the way to udpng is counted there; for a bare socket it is not known, and for coalesced ones only in part.
      const unaccounted = results.sections.flatMap(({ outcomes }) =>
        outcomes
          .filter(
            ({ name, medians }) => 'unaccounted' in medians && name.endsWith('udpng on node:dgram'),
          )
          .map(({ repetitions }) => repetitions.map((numbers) => numbers['unaccounted'])),
      )
      expect(unaccounted.length).toBeGreaterThanOrEqual(7)
      expect(new Set(unaccounted.flat())).toEqual(new Set([0]))
      expect(readFileSync(join(out, 'results.md'), 'utf8')).toBe(stdout)
      for (const scheme of ['light', 'dark']) {
        const svg = readFileSync(join(out, `results-${scheme}.svg`), 'utf8')
        expect(svg).toMatch(/^<svg/)
        for (const { label } of results.sections) if (label) expect(svg).toContain(`>${label}<`)
        const rates = readFileSync(join(out, `rates-${scheme}.svg`), 'utf8')
        expect(rates.match(/<rect /g)?.length).toBeGreaterThanOrEqual(6)
      }
    } finally {
      rmSync(out, { recursive: true })
    }
  })

  it.runIf(measured)(
    // 0.9 is what is meant to be held; the table says whether it was. The same code gave 0.87 to 0.99 on a machine that carries
    // 130 000 a second, and 0.82 to 0.90 on one that carries 350 000: what the components cost is the same.
    'PKG-06 the results in this folder: streams >= 4 times, dgram about 0.9 times',
    () => {
      const results = read(join(folder, 'results.json'))
      expect(results.scale.repetitions).toBeGreaterThanOrEqual(5)
      const value = (what: string) => holdsOf(results).find((hold) => hold.what === what)?.value
      expect(value(HOPS)).toBeGreaterThanOrEqual(4)
      for (const what of FLOWS) expect(value(what)).toBeGreaterThanOrEqual(0.8)
    },
  )

  it.runIf(measured)('PKG-06 the tables and bars in this folder are those of its results', () => {
    const results = read(join(folder, 'results.json'))
    const text = (name: string) => readFileSync(join(folder, name), 'utf8')
    expect(text('results.md')).toBe(`${markdown(results)}\n`)
    expect(text('rates.md')).toBe(`${picture(results)}\n`)
    for (const [name, scheme] of Object.entries(SCHEMES))
      expect(text(`rates-${name}.svg`)).toBe(bars(results, scheme))
  })

  it.runIf(measured)(
    'PKG-06 the bars have the numbers of the results, and where udpng is slower',
    () => {
      const results = read(join(folder, 'results.json'))
      const shown = picture(results)
      const medians = (label: string, name: string) =>
        results.sections
          .find((section) => section.label === label)
          ?.outcomes.find((outcome) => outcome.name === name)?.medians
      const rate = medians('64 bytes', 'udpng on native')?.['deliveredPerSecond'] ?? Number.NaN
      expect(shown).toContain(`udpng + native ${(rate / 1e6).toFixed(1)} M;`)
      const there = 'there and back, one at a time'
      const [ours = 0, bare = 0] = ['udpng on native', 'node:dgram'].map(
        (name) => medians(there, name)?.['p50'],
      )
      const slower = ours > bare ? ', slower' : ''
      expect(shown).toContain(
        `udpng + native ${ours.toFixed(0)}${slower}; node:dgram ${bare.toFixed(0)};`,
      )
    },
  )

  /** Rows that miss their target, as bench/README.md says, and the values that they must not fall below. */
  const missed: Readonly<Record<string, number>> = {
    'Datagrams of 512 bytes: udpng on native against node:dgram': 3.5,
    'Datagrams of 1200 bytes: udpng on native against node:dgram': 4,
  }

  it.runIf(measured)('NAT-22 the results in this folder hold what native has to do', () => {
    const native = holdsOf(read(join(folder, 'results.json'))).filter(({ what }) =>
      what.endsWith('udpng on native against node:dgram'),
    )
    expect(native.length).toBeGreaterThanOrEqual(6)
    for (const { what, value, atLeast = Infinity } of native)
      expect(value, what).toBeGreaterThanOrEqual(missed[what] ?? atLeast)
  })

  it.runIf(measured)(
    'PKG-06 the results in this folder tell the machine, but not whose it is',
    () => {
      const text = readFileSync(join(folder, 'results.json'), 'utf8')
      const { machine, date } = JSON.parse(text) as Results
      expect(machine.node).toMatch(/^\d+\.\d+\.\d+$/)
      expect(machine.cores).toBeGreaterThan(0)
      expect(date).toMatch(/^\d{4}-\d\d-\d\d$/)
      expect(text).not.toMatch(/"[^"]*[/\\][^"]*[/\\]/) // no path
    },
  )
})
