import { printable } from '@udpng/console'
import { grouped, plural } from '../quantities.js'
import { table } from '../table.js'
import type { ComponentSample, Sample } from './sample.js'

/** What gives text a color; without colors it gives it back. */
export type Paint = (style: 'red' | 'yellow' | 'dim' | 'bold', text: string) => string

/** An inbox that is so full holds up its senders, or soon will. */
const CROWDED = 0.8

/**
 * The lines that show a sample: what the whole system does, then a table of its components.
 *
 * @param rows - at most so many components: those that failed or drop first, then the busiest
 */
export function sampleTable(sample: Sample, rows: number, paint: Paint): string[] {
  const { components, more, received, sent, dropped } = sample
  const shown = components.length > rows ? mostTelling(components, rows) : components
  const lines = table(shown, [
    {
      title: 'COMPONENT',
      cell: ({ name, depth }) => '  '.repeat(depth) + printable(name).replaceAll(/[\t\n]/g, ' '),
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
      cell: ({ dropped, dropping }) =>
        dropped > 0 ? paint(dropping > 0 ? 'red' : 'yellow', grouped(dropped)) : '',
    },
    { title: '', cell: (component) => noteOn(component, paint) },
  ])
  const [titles = '', ...others] = lines
  const left = components.length + more - shown.length
  return [
    `${plural(components.length + more, 'component')}; each second ${plural(received, 'datagram')} received, ${grouped(sent)} sent, ${paint(dropped > 0 ? 'red' : 'dim', `${grouped(dropped)} dropped`)}`,
    '',
    paint('bold', titles),
    ...others,
    ...(left > 0 ? [paint('dim', `and ${plural(left, 'component')} with less to tell`)] : []),
  ]
}

function waiting({ waiting, capacity }: ComponentSample, paint: Paint): string {
  if (waiting === 0) return ''
  const text = grouped(waiting) + (capacity === undefined ? '' : ` of ${grouped(capacity)}`)
  return capacity !== undefined && waiting >= capacity * CROWDED ? paint('yellow', text) : text
}

function noteOn({ address, error }: ComponentSample, paint: Paint): string {
  const shown = printable(error ?? address ?? '').replaceAll(/\s+/g, ' ')
  return error === undefined ? shown : paint('red', shown)
}

/** Those that failed or drop, then the busiest, in the order they had. */
function mostTelling(components: readonly ComponentSample[], count: number): ComponentSample[] {
  const weight = ({ state, dropping, in: taken, out }: ComponentSample): number =>
    (state === 'failed' ? 1e18 : 0) + dropping * 1e9 + taken + out
  const chosen = new Set([...components].sort((a, b) => weight(b) - weight(a)).slice(0, count))
  return components.filter((component) => chosen.has(component))
}
