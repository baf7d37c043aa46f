import type { VNode } from 'preact'
import { ComponentName } from './component-name.jsx'
import { dropsLine } from './drops-text.js'
import { errorText } from './error-text.js'
import { short } from './format.js'
import { pure } from './pure.js'
import type { Row } from './rows.js'
import { StateMark } from './state-mark.jsx'

interface TableRowProps extends Row {
  readonly selected: boolean
  readonly open: (name: string) => void
}

/** One component in the table. */
export const TableRow = pure<TableRowProps>(
  ({ name, component, rates, waiting, dropped, selected, open }): VNode => {
    const { state, address, error } = component
    const socket =
      address !== undefined && `${address} ↓${short(rates.received)} ↑${short(rates.sent)}`
    const details = [socket, error && `${error.code}: ${errorText(error, name)}`]
      .filter(Boolean)
      .join(' · ')
    return (
      <tr data-row={name} data-state={state} data-selected={selected}>
        <th scope="row">
          <button type="button" class="row-name" data-component={name} onClick={() => open(name)}>
            <StateMark state={state} />
            <ComponentName name={name} />
          </button>
          {details && (
            <div class="row-details" data-bad={state === 'failed'}>
              {details}
            </div>
          )}
          {dropped > 0 && (
            <div class="row-details" data-bad="true">
              dropped {dropsLine(component)}
            </div>
          )}
        </th>
        <td class="row-state">{state}</td>
        <td>{short(rates.in)}</td>
        <td>{short(rates.out)}</td>
        <td class="row-waiting">{short(waiting)}</td>
        <td data-bad={dropped > 0}>{short(dropped)}</td>
      </tr>
    )
  },
)
