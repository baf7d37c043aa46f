import type { VNode } from 'preact'
import type { ComponentPicture, InboxPicture } from '../../src/protocol.js'
import type { Box } from '../layout/geometry.js'
import type { ComponentRates } from '../model/rates.js'
import type { CardShape } from '../model/structure.js'
import { ComponentName } from './component-name.jsx'
import { dropsLine } from './drops-text.js'
import { errorText } from './error-text.js'
import { short } from './format.js'
import { Meter } from './meter.jsx'
import { pure } from './pure.js'
import { StateMark } from './state-mark.jsx'

interface CardProps {
  readonly name: string
  readonly component: ComponentPicture
  readonly rates: ComponentRates
  readonly shape: CardShape
  readonly box: Box
  readonly selected: boolean
  /** Not what the filter asks for. */
  readonly dimmed: boolean
  /** The one that Tab reaches; arrows lead to the others. */
  readonly reachable: boolean
}

/** A component in the graph: its state, its boxes as ports, and below it what went wrong. */
export const Card = pure<CardProps>(
  ({ name, component, rates, shape, box, selected, dimmed, reachable }) => {
    const { state, address, error } = component
    const drops = dropsLine(component)
    return (
      <button
        type="button"
        class="card"
        data-component={name}
        data-state={state}
        data-selected={selected}
        data-dimmed={dimmed}
        aria-label={cardLabel(name, component, drops)}
        tabIndex={reachable ? 0 : -1}
        style={{ transform: `translate(${box.x}px, ${box.y}px)`, height: `${box.height}px` }}
      >
        <span class="card-head">
          <StateMark state={state} />
          <ComponentName name={name} />
          <span class="card-state">{state}</span>
        </span>
        {address !== undefined && (
          <span class="card-address">
            <span class="card-host">{address}</span>
            <span>
              ↓{short(rates.received)} ↑{short(rates.sent)}
            </span>
          </span>
        )}
        <span class="ports">
          <span class="ports-in">
            {shape.inboxes.map((field) => (
              <InPort key={field} field={field} inbox={component.inboxes[field]} />
            ))}
            {shape.more > 0 && <span class="port port-more">+{shape.more} more</span>}
          </span>
          <span class="ports-out">
            {shape.outboxes.map((field) => (
              <span key={field} class="port">
                <span class="port-name">{field}</span>
                <span class="dot" />
              </span>
            ))}
          </span>
        </span>
        {(error || drops) && (
          <span class="notes">
            {error && (
              <span
                class="note note-error"
                data-kind={state === 'failed' ? 'bad' : 'warning'}
                title={error.message}
              >
                <b>{error.code}</b> {errorText(error, name)}
              </span>
            )}
            {drops && (
              <span class="note" data-kind="bad" title={drops}>
                <b>dropped</b> {drops}
              </span>
            )}
          </span>
        )}
      </button>
    )
  },
)

function InPort({
  field,
  inbox,
}: {
  readonly field: string
  readonly inbox: InboxPicture | undefined
}): VNode {
  return (
    <span class="port" data-drops={inbox !== undefined && inbox.dropped > 0}>
      <span class="dot" />
      <span class="port-name">{field}</span>
      {inbox && <Meter inbox={inbox} />}
      {inbox && inbox.length > 0 && <span class="port-count">{short(inbox.length)}</span>}
    </span>
  )
}

/** The text of a card for screen readers: without rates. */
function cardLabel(name: string, { state, error }: ComponentPicture, drops: string): string {
  const why = state === 'failed' && error ? `: ${error.code}, ${errorText(error, name)}` : ''
  return `${name}, ${state}${why}${drops ? ', drops messages' : ''}`
}
