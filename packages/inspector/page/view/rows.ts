import type { ComponentPicture, Picture } from '../../src/protocol.js'
import { type ComponentRates, NO_RATES, type Rates } from '../model/rates.js'
import { inOrderOfStart } from '../model/started.js'
import { dropsOf, isHidden } from '../model/state.js'
import type { Shown } from '../model/structure.js'

/** One component, as the table shows it. */
export interface Row {
  readonly name: string
  readonly component: ComponentPicture
  readonly rates: ComponentRates
  readonly waiting: number
  readonly dropped: number
}

export type Column = 'started' | 'name' | 'state' | 'in' | 'out' | 'waiting' | 'dropped'

export interface Order {
  readonly column: Column
  readonly descending: boolean
}

/** The most urgent first. */
const STATES: readonly ComponentPicture['state'][] = [
  'failed',
  'ready',
  'waiting',
  'paused',
  'ended',
]

/** The rows of the table, in order; those that are equal stay in the order in which they were started. */
export function rowsOf(
  picture: Picture,
  rates: Rates,
  { plumbing }: Shown,
  matches: (name: string) => boolean,
  { column, descending }: Order,
): Row[] {
  const rows = inOrderOfStart(picture)
    .filter(([name, component]) => (plumbing || !isHidden(component)) && matches(name))
    .map(([name, component]) => ({
      name,
      component,
      rates: rates.get(name) ?? NO_RATES,
      waiting: Object.values(component.inboxes).reduce((sum, { length }) => sum + length, 0),
      dropped: dropsOf(component),
    }))
  const sign = descending ? -1 : 1
  return column === 'started' ? rows : rows.sort((a, b) => sign * compare(column, a, b))
}

function compare(column: Column, a: Row, b: Row): number {
  switch (column) {
    case 'name':
      return a.name.localeCompare(b.name, 'en', { numeric: true })
    case 'state':
      return STATES.indexOf(a.component.state) - STATES.indexOf(b.component.state)
    case 'in':
    case 'out':
      return a.rates[column] - b.rates[column]
    case 'waiting':
    case 'dropped':
      return a[column] - b[column]
    case 'started':
      return 0
  }
}
