import type { Moment } from '../../src/protocol.js'
import { Chart } from './chart.jsx'
import { pure } from './pure.js'
import type { Theme } from './theme.js'

/** The rates of the whole system in the last minutes. */
export const SystemChart = pure<{ readonly moments: readonly Moment[]; readonly theme: Theme }>(
  ({ moments, theme }) => (
    <Chart
      title="Per second, last 5 minutes"
      times={moments.map(({ time }) => time / 1000)}
      theme={theme}
      lines={[
        line('delivered', '--line-1', moments),
        line('received', '--line-2', moments, [8, 3]),
        line('sent', '--line-3', moments, [3, 3]),
        line('dropped', '--bad', moments, [1, 3]),
      ]}
    />
  ),
)

function line(
  name: 'delivered' | 'received' | 'sent' | 'dropped',
  colour: string,
  moments: readonly Moment[],
  dash?: readonly number[],
): Parameters<typeof Chart>[0]['lines'][number] {
  return { name, colour, values: moments.map((moment) => moment[name]), ...(dash && { dash }) }
}
