import type { Machine } from './machine.js'
import type { Column, Hold, Scale, Section } from './sections.js'

/** What a run came to. */
export interface Results {
  readonly date: string
  readonly machine: Machine
  readonly scale: Scale
  readonly sections: readonly Section[]
}

/** Reads results.json. JSON has no NaN: what could not be measured is null there. */
export function parseResults(text: string): Results {
  return JSON.parse(text, (_, value) => value ?? Number.NaN) as Results
}

/** Whether a number is where it should be. */
export function isHeld({ value, atLeast = -Infinity, atMost = Infinity }: Hold): boolean {
  return value >= atLeast && value <= atMost
}

/** A run as Markdown: the targets first, then all measurements. */
export function markdown({ machine, scale, sections }: Results): string {
  const { node, system, processor, cores } = machine
  const holds = sections.flatMap((section) => section.holds)
  return [
    `Node.js ${node}, ${system}, ${processor}, ${cores} cores; median of ${scale.repetitions} ${scale.repetitions === 1 ? 'run' : 'runs'}.`,
    ...(holds.length > 0 ? [table(['', 'measured', 'target', ''], holds.map(holdRow))] : []),
    ...sections.flatMap(({ title, columns, outcomes }) => [
      `### ${title}`,
      table(
        ['', ...columns.map(({ head }) => head)],
        outcomes.map(({ name, medians }) => [
          name,
          ...columns.map((column) => cell(medians[column.key], column)),
        ]),
      ),
    ]),
  ].join('\n\n')
}

function holdRow(hold: Hold): readonly string[] {
  const { what, value, unit, atLeast, atMost } = hold
  const bound = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`
  const digits = value < 100 ? 2 : 0
  return [what, value.toFixed(digits) + unit, bound + unit, isHeld(hold) ? 'met' : 'missed']
}

function cell(value: number | undefined, { digits }: Column): string {
  if (value === undefined || Number.isNaN(value)) return '?'
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

/** A table whose first column is text, the others numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) =>
    Math.max(3, ...[head, ...rows].map((row) => row[i]?.length ?? 0)),
  )
  const line = (row: readonly string[]): string => {
    const cells = row.map((text, i) =>
      i === 0 ? text.padEnd(widths[i] as number) : text.padStart(widths[i] as number),
    )
    return `| ${cells.join(' | ')} |`
  }
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}
