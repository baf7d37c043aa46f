import type { VNode } from 'preact'
import type { Series } from '../model/series.js'
import { Chart } from './chart.jsx'
import type { Theme } from './theme.js'

const NOTHING: Series = { times: [], in: [], out: [], dropped: [] }

/** The rates of one component since the page was opened. */
export function ComponentChart({
  series = NOTHING,
  theme,
}: {
  readonly series: Series | undefined
  readonly theme: Theme
}): VNode {
  return (
    <Chart
      title="Messages per second"
      times={series.times}
      theme={theme}
      lines={[
        { name: 'in', colour: '--line-1', values: series.in },
        { name: 'out', colour: '--line-3', dash: [8, 3], values: series.out },
        { name: 'dropped', colour: '--bad', dash: [2, 3], values: series.dropped },
      ]}
    />
  )
}
