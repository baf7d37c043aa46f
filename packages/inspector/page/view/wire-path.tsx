import type { Route } from '../layout/route.js'
import { short } from './format.js'
import { pure } from './pure.js'

interface WireProps {
  readonly route: Route
  /** Messages a second. */
  readonly rate: number
  readonly control: boolean
  /** Nothing comes through any more. */
  readonly cut: boolean
  /** Whether its destination drops messages. */
  readonly drops: boolean
  readonly dimmed: boolean
}

/** The rate in a few steps, by which a wire is drawn: 0 nothing, 4 more than 10 000 a second. */
export function flowOf(rate: number): number {
  return rate < 0.05 ? 0 : Math.min(4, Math.max(1, Math.floor(Math.log10(rate)) + 1))
}

/** A link in the graph, and its rate. */
export const WirePath = pure<WireProps>(({ route, rate, control, cut, drops, dimmed }) => (
  <g
    class="wire"
    data-flow={flowOf(rate)}
    data-control={control}
    data-cut={cut}
    data-drops={drops}
    data-dimmed={dimmed}
  >
    <path class="wire-line" d={route.path} />
    {rate >= 0.05 && <path class="wire-flow" d={route.path} />}
    {rate >= 0.05 && (
      <text class="wire-rate" x={route.label.x} y={route.label.y}>
        {short(rate)}/s
      </text>
    )}
  </g>
))
