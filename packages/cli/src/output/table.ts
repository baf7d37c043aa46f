import { stripVTControlCharacters } from 'node:util'

/** One column of a table. */
export interface Column<Row> {
  readonly title: string
  /** Numbers stand at the right (default: at the left). */
  readonly right?: boolean
  /** The text in this row; it may have colors. */
  readonly cell: (row: Row) => string
}

/** Between two columns. */
const GAP = '  '

/** Formats the lines of a table: the titles, then a line for each row; columns are as wide as their contents. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  const made = columns.map(({ title, right = false, cell }) => {
    const cells = [title, ...rows.map(cell)]
    const width = Math.max(...cells.map(widthOf))
    return cells.map((text) => {
      const padding = ' '.repeat(width - widthOf(text))
      return right ? padding + text : text + padding
    })
  })
  return ['titles', ...rows].map((_, line) =>
    made
      .map((cells) => cells[line])
      .join(GAP)
      .trimEnd(),
  )
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}
