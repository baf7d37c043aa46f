import type { Results } from './report.js'
import type { Scheme } from './schemes.js'

/** The contenders that are shown: name in the results, name in the picture, and colour. */
const SHOWN = [
  ['udpng on native', 'udpng + native', 0],
  ['node:dgram', 'node:dgram', 2],
  ['udpng on node:dgram', 'udpng, no native', 1],
] as const

/** The contender that the others are compared with. */
const BARE = 'node:dgram'

/** What is shown, by the label of its section: where udpng is fastest, where it helps least, and where it is slower. */
const GROUPS = [
  { label: '64 bytes', head: '64 bytes, to one address', key: 'deliveredPerSecond' },
  {
    label: '64 bytes, to 1000 addresses in turn',
    head: '64 bytes, to 1000 addresses in turn',
    key: 'deliveredPerSecond',
  },
  {
    label: 'there and back, one at a time',
    head: 'Round trip of one datagram, in µs (longer is slower)',
    key: 'p50',
  },
] as const

interface Bar {
  readonly name: string
  readonly color: 0 | 1 | 2
  /** Length of the bar, from 0 to 1. */
  readonly share: number
  /** The number as text, and whether it is worse than that of `node:dgram`. */
  readonly text: string
}

interface Group {
  readonly head: string
  readonly bars: readonly Bar[]
}

const TITLE = 'Datagrams delivered per second'
const WIDTH = 410
const NAME_WIDTH = 112
const BAR_WIDTH = 180
const ROW_HEIGHT = 19
const HEAD_HEIGHT = 28
const TITLE_HEIGHT = 24
const FOOT_HEIGHT = 24
const LINE_HEIGHT = 14
const FONT = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif"

/** Draws the medians of a run as bars, as SVG. */
export function bars(results: Results, { text, points }: Scheme): string {
  const words: string[] = []
  const write = (x: number, y: number, size: number, content: string, more = ''): void => {
    words.push(
      `<text x="${x}" y="${y}" font-size="${size}" fill="${text}"${more}>${content}</text>`,
    )
  }
  let y = 14
  write(0, y, 14, TITLE, ' font-weight="600"')
  y += TITLE_HEIGHT - ROW_HEIGHT
  for (const group of groupsOf(results)) {
    y += HEAD_HEIGHT
    write(0, y, 12, group.head, ' opacity="0.75"')
    for (const { name, color, share, text } of group.bars) {
      y += ROW_HEIGHT
      const width = Math.max(2, Math.round(share * BAR_WIDTH))
      write(0, y, 12, name)
      words.push(
        `<rect x="${NAME_WIDTH}" y="${y - 11}" width="${width}" height="13" rx="2" fill="${points[color]}"/>`,
      )
      write(NAME_WIDTH + width + 6, y, 12, text, ' font-weight="600"')
    }
  }
  y += FOOT_HEIGHT - LINE_HEIGHT
  for (const line of machineOf(results)) {
    y += LINE_HEIGHT
    write(0, y, 10, line, ' opacity="0.75"')
  }
  const height = y + 6
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="${FONT}">`,
    ...words,
    '</svg>\n',
  ].join('\n')
}

/** The bars as an element of README.md, whose `alt` has all numbers. */
export function picture(results: Results): string {
  return [
    '<picture>',
    '  <source media="(prefers-color-scheme: dark)" srcset="bench/rates-dark.svg">',
    `  <img width="${WIDTH}" align="top" alt="${describe(results)}" src="bench/rates-light.svg">`,
    '</picture>',
  ].join('\n')
}

function describe(results: Results): string {
  const groups = groupsOf(results).map(
    ({ head, bars }) => `${head}: ${bars.map(({ name, text }) => `${name} ${text}`).join('; ')}`,
  )
  return `${[TITLE, ...groups, ...machineOf(results)].join('. ')}.`
}

function groupsOf({ sections }: Results): Group[] {
  const groups = GROUPS.flatMap(({ label, head, key }) => {
    const outcomes = sections.find((section) => section.label === label)?.outcomes ?? []
    const medianOf = (contender: string): number =>
      outcomes.find(({ name }) => name === contender)?.medians[key] ?? Number.NaN
    const rows = SHOWN.map(([contender, name, color]) => {
      const value = medianOf(contender)
      const isSlower = key === 'p50' ? value > medianOf(BARE) : value < medianOf(BARE)
      return { name, color, value, text: shortly(value) + (isSlower ? ', slower' : '') }
    }).filter(({ value }) => !Number.isNaN(value))
    return rows.length > 0 ? [{ head, key, rows }] : []
  })
  // All rates are drawn to one scale.
  const longest = (key: string): number =>
    Math.max(
      ...groups.flatMap((group) => (group.key === key ? group.rows : [])).map(({ value }) => value),
    )
  return groups.map(({ head, key, rows }) => ({
    head,
    bars: rows.map(({ value, ...row }) => ({ ...row, share: value / longest(key) })),
  }))
}

/** The machine and the method, a line each. */
function machineOf({ date, machine, scale }: Results): string[] {
  const { node, system, processor, cores } = machine
  return [
    `${processor}, ${cores} cores, ${system}, Node.js ${node}`,
    `Two processes on the loopback interface, ${date}, median of ${scale.repetitions}`,
  ]
}

function shortly(value: number): string {
  if (value >= 999_500) return `${(value / 1e6).toFixed(1)} M`
  return value >= 1000 ? `${Math.round(value / 1000)} k` : value.toFixed(0)
}
