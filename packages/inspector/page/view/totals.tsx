import type { VNode } from 'preact'
import type { Picture } from '../../src/protocol.js'
import { momentOf, type Rates } from '../model/rates.js'
import { dropsOf } from '../model/state.js'
import { counted, short, whole } from './format.js'

/** The whole system in four numbers. */
export function Totals({
  picture,
  rates,
}: {
  readonly picture: Picture | undefined
  readonly rates: Rates
}): VNode {
  const { delivered, received, sent } = momentOf(0, rates)
  const dropped = Object.values(picture?.components ?? {}).reduce(
    (sum, component) => sum + dropsOf(component),
    0,
  )
  return (
    <dl class="totals">
      <Total name="messages" value={short(delivered)} unit="/s" />
      <Total name="datagrams in" value={short(received)} unit="/s" />
      <Total name="datagrams out" value={short(sent)} unit="/s" />
      <Total
        name="dropped"
        value={short(dropped)}
        title={counted(dropped, 'message')}
        bad={dropped > 0}
      />
      {picture !== undefined && picture.more > 0 && (
        <Total name="not shown" value={whole(picture.more)} />
      )}
    </dl>
  )
}

interface TotalProps {
  readonly name: string
  readonly value: string
  readonly unit?: string
  readonly title?: string
  readonly bad?: boolean
}

function Total({ name, value, unit, title, bad = false }: TotalProps): VNode {
  return (
    <div class="total" data-bad={bad} title={title}>
      <dt>{name}</dt>
      <dd>
        {value}
        {unit && <span class="unit">{unit}</span>}
      </dd>
    </div>
  )
}
