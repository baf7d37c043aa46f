import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Known } from '../model/live-system.js'
import { NO_PICTURE } from '../model/no-picture.js'
import type { Shown } from '../model/structure.js'
import { type Column, type Order, rowsOf } from './rows.js'
import { TableRow } from './table-row.jsx'

const COLUMNS: readonly (readonly [Column, string])[] = [
  ['name', 'Component'],
  ['state', 'State'],
  ['in', 'In/s'],
  ['out', 'Out/s'],
  ['waiting', 'Waiting'],
  ['dropped', 'Dropped'],
]

interface TableProps {
  readonly known: Known
  readonly shown: Shown
  readonly selected: string | undefined
  readonly matches: (name: string) => boolean
  readonly open: (name: string) => void
}

/** The system as a table: all that the graph shows, for users who cannot see it, or prefer to sort. */
export function Table({ known, shown, selected, matches, open }: TableProps): VNode {
  const [order, setOrder] = useState<Order>({ column: 'started', descending: false })
  const view = useRef<HTMLDivElement>(null)
  useEffect(() => arrowKeys(view.current), [])
  const picture = known.picture ?? NO_PICTURE
  const rows = rowsOf(picture, known.rates, shown, matches, order)
  const sort = (column: Column): void => setOrder(nextOrder(order, column))
  return (
    <div class="table-view" ref={view}>
      <table>
        <caption class="unseen">Components, sortable by each column</caption>
        <thead>
          <tr>
            {COLUMNS.map(([column, title]) => (
              <th
                key={column}
                scope="col"
                data-column={column}
                aria-sort={
                  order.column !== column ? 'none' : order.descending ? 'descending' : 'ascending'
                }
              >
                <button type="button" onClick={() => sort(column)}>
                  {title}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, component, rates, waiting, dropped }) => (
            <TableRow
              key={name}
              name={name}
              component={component}
              rates={rates}
              waiting={waiting}
              dropped={dropped}
              selected={name === selected}
              open={open}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p class="empty">No component matches.</p>}
    </div>
  )
}

/** Up and down lead from row to row. */
function arrowKeys(view: HTMLElement | null): (() => void) | undefined {
  const listener = (event: KeyboardEvent): void => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    const names = [...(view?.querySelectorAll<HTMLElement>('.row-name') ?? [])]
    const at = names.indexOf(event.target as HTMLElement)
    if (step === undefined || at < 0) return
    event.preventDefault()
    names[at + step]?.focus()
  }
  view?.addEventListener('keydown', listener)
  return () => view?.removeEventListener('keydown', listener)
}

/** Numbers most first, words from A on; once more the other way round, and a third time as they were started. */
function nextOrder(order: Order, column: Column): Order {
  const first = column !== 'name' && column !== 'state'
  if (order.column !== column) return { column, descending: first }
  if (order.descending === first) return { column, descending: !first }
  return { column: 'started', descending: false }
}
