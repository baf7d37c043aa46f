import type { VNode } from 'preact'
import type { Picture } from '../../src/protocol.js'
import { NO_PICTURE } from '../model/no-picture.js'
import { momentOf, type Rates } from '../model/rates.js'
import { lossesOf } from '../model/state.js'
import { boundsText, isExact, short, whole } from './format.js'

/** The whole system in four numbers. */
export function Totals({
  picture,
  rates,
}: {
  readonly picture: Picture | undefined
  readonly rates: Rates
}): VNode {
  const { delivered, received, sent } = momentOf(0, rates)
  const { dropped, kernelDrops, unaccounted } = picture?.account ?? NO_PICTURE.account
  const losses = lossesOf(dropped, kernelDrops)
  return (
    <dl class="totals">
      <Total
        name="messages"
        title="messages of data, delivered into inboxes"
        value={short(delivered)}
        unit="/s"
      />
      <Total name="datagrams in" value={short(received)} unit="/s" />
      <Total name="datagrams out" value={short(sent)} unit="/s" />
      <Total
        name="dropped"
        value={(isExact(losses) ? '' : '~') + short(losses.about)}
        title={boundsText(losses)}
        bad={losses.atMost > 0}
      />
      {unaccounted !== 0 && (
        <Total
          name="unaccounted"
          value={short(Math.abs(unaccounted))}
          title={`${whole(unaccounted)}: taken by a component, and neither passed on nor counted`}
        />
      )}
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
