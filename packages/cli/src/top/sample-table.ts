import { printable } from '@udpng/console'
import type { BoundsPicture } from '@udpng/inspector'
import { grouped, plural } from '../options/quantities.js'
import { table } from '../output/table.js'
import type { ComponentSample, Sample } from './sample.js'

/** Colors a text; the identity without colors. */
export type Paint = (style: 'red' | 'yellow' | 'dim' | 'bold', text: string) => string

/** Characters of a name, an address or an error. */
const MAX_CELL = 120
/** Levels of the tree that are shown by their indent. */
const MAX_INDENT = 12

/** Share of its capacity from which an inbox applies backpressure, or soon will. */
const CROWDED = 0.8

/**
 * The lines that show a sample: what the whole system does, then a table of its components, without plumbing.
 *
 * @param rows - maximum number of components: those that failed or drop first, then the busiest
 */
export function sampleTable(sample: Sample, rows: number, paint: Paint): string[] {
  const { more, received, sent, dropped, losses, unaccounted } = sample
  const components = sample.components.filter((component) => !isHidden(component))
  const shown = components.length > rows ? mostRelevant(components, rows) : components
  const lines = table(shown, [
    {
      title: 'COMPONENT',
      cell: ({ name, depth }) => '  '.repeat(Math.min(depth, MAX_INDENT)) + oneLine(name),
    },
    {
      title: 'STATE',
      cell: ({ state }) =>
        state === 'failed' ? paint('red', state) : state === 'ended' ? paint('dim', state) : state,
    },
    { title: 'IN/s', right: true, cell: (component) => grouped(component.in) },
    { title: 'OUT/s', right: true, cell: (component) => grouped(component.out) },
    { title: 'WAITING', right: true, cell: (component) => waiting(component, paint) },
    {
      title: 'DROPPED',
      right: true,
      cell: ({ losses, dropping }) =>
        losses.atMost > 0 ? paint(dropping > 0 ? 'red' : 'yellow', boundsText(losses)) : '',
    },
    { title: '', cell: (component) => noteOn(component, paint) },
  ])
  const [titles = '', ...others] = lines
  const left = components.length + more - shown.length
  return [
    `${plural(components.length + more, 'component')}; per second: ${plural(received, 'datagram')} received, ${grouped(sent)} sent, ${paint(dropped > 0 ? 'red' : 'dim', `${grouped(dropped)} dropped`)}`,
    ...(losses.atMost > 0 || unaccounted !== 0
      ? [
          `since the start: ${boundsText(losses)} dropped${unaccounted === 0 ? '' : `, ${grouped(unaccounted)} unaccounted`}`,
        ]
      : []),
    '',
    paint('bold', titles),
    ...others,
    ...(left > 0 ? [paint('dim', `and ${grouped(left)} more, with less traffic`)] : []),
  ]
}

/** Plumbing that has neither failed nor dropped anything. */
function isHidden({ plumbing, state, losses }: ComponentSample): boolean {
  return plumbing && state !== 'failed' && losses.atMost === 0
}

function waiting({ waiting, capacity }: ComponentSample, paint: Paint): string {
  if (waiting === 0) return ''
  const text = grouped(waiting) + (capacity === undefined ? '' : ` of ${grouped(capacity)}`)
  return capacity !== undefined && waiting >= capacity * CROWDED ? paint('yellow', text) : text
}

function noteOn({ address, error, received, sent }: ComponentSample, paint: Paint): string {
  if (error !== undefined) return paint('red', oneLine(error))
  const socket = oneLine(address ?? '')
  if (received === 0 && sent === 0) return socket
  return `${socket}, ${grouped(received)}/s received, ${grouped(sent)}/s sent`
}

/** Text of others, on one line, cut, and without what drives a terminal. */
function oneLine(text: string): string {
  const start = text.slice(0, 2 * MAX_CELL) // the rest is not even looked at
  const line = printable(start).replaceAll(/\s+/g, ' ')
  return line.length > MAX_CELL ? `${line.slice(0, MAX_CELL)}...` : line
}

/** A count, with its bounds where it is not exact: `about 5 275 200 (82 425 to 10 550 400)`. */
function boundsText({ atLeast, about, atMost }: BoundsPicture): string {
  return atLeast === atMost
    ? grouped(about)
    : `about ${grouped(about)} (${grouped(atLeast)} to ${grouped(atMost)})`
}

/** Those that failed or drop, then the busiest, in the order they had. */
function mostRelevant(components: readonly ComponentSample[], count: number): ComponentSample[] {
  const weight = ({ state, dropping, in: taken, out }: ComponentSample): number =>
    (state === 'failed' ? 1e18 : 0) + dropping * 1e9 + taken + out
  const chosen = new Set([...components].sort((a, b) => weight(b) - weight(a)).slice(0, count))
  return components.filter((component) => chosen.has(component))
}
