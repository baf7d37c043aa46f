import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { short, timeOfDay } from './format.js'
import type { Theme } from './theme.js'

/** One line of a chart. */
export interface Line {
  readonly name: string
  /** The name of a colour in styles/tokens.css. */
  readonly colour: string
  /** So that lines differ without their colours. */
  readonly dash?: readonly number[]
  readonly values: readonly number[]
}

interface ChartProps {
  readonly title: string
  /** Seconds since 1970. */
  readonly times: readonly number[]
  readonly lines: readonly Line[]
  readonly theme: Theme
}

const FONT = '11px Inter, system-ui, sans-serif'

/** Rates over time. */
export function Chart({ title, times, lines, theme }: ChartProps): VNode {
  const holder = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const names = lines.map(({ name }) => name).join()
  const data = [times, ...lines.map(({ values }) => values)] as unknown as uPlot.AlignedData

  useEffect(() => {
    const element = holder.current
    if (!element) return
    const chart = new uPlot(optionsFor(element, lines), data, element)
    plot.current = chart
    const observer = new ResizeObserver(() => chart.setSize(sizeOf(element)))
    observer.observe(element)
    return () => {
      observer.disconnect()
      chart.destroy()
    }
  }, [theme, names])
  useEffect(() => plot.current?.setData(data), [times.at(-1), times.length])

  return (
    <figure class="chart">
      <figcaption class="legend">
        <span class="legend-title">{title}</span>
        {lines.map(({ name, colour, dash, values }) => (
          <span key={name} class="legend-line">
            <svg viewBox="0 0 18 6" aria-hidden="true">
              <path
                d="M0 3h18"
                style={{ stroke: `var(${colour})`, strokeDasharray: dash?.join(' ') ?? 'none' }}
              />
            </svg>
            {name} <b>{short(values.at(-1) ?? 0)}</b>
          </span>
        ))}
      </figcaption>
      <div class="plot" ref={holder} aria-hidden="true" />
    </figure>
  )
}

function optionsFor(element: HTMLElement, lines: readonly Line[]): uPlot.Options {
  const style = getComputedStyle(element)
  const colour = (name: string): string => canvasColour(element, style.getPropertyValue(name))
  const axis: uPlot.Axis = {
    font: FONT,
    stroke: colour('--muted'),
    grid: { stroke: colour('--grid'), width: 1 },
    ticks: { show: false },
  }
  return {
    ...sizeOf(element),
    padding: [8, 26, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      // Half a minute at least, so that the first seconds are not drawn as a landscape.
      x: { time: true, range: (_plot, first, last) => [Math.min(first, last - 30), last] },
      // Ten at least, so that nothing at all is not drawn as a mountain.
      y: { range: (_plot, _least, most) => [0, Math.max(10, most * 1.08)] },
    },
    axes: [
      {
        ...axis,
        size: 22,
        space: 90,
        values: (_plot, splits) => splits.map((s) => timeOfDay(s * 1000)),
      },
      { ...axis, size: 44, space: 24, values: (_plot, splits) => splits.map(short) },
    ],
    series: [
      {},
      ...lines.map(
        ({ name, colour: variable, dash }): uPlot.Series => ({
          label: name,
          stroke: colour(variable),
          width: 1.75,
          points: { show: false },
          ...(dash && { dash: [...dash] }),
        }),
      ),
    ],
  }
}

/** A canvas knows no light-dark(): what the browser makes of it. */
function canvasColour(element: HTMLElement, colour: string): string {
  const probe = document.createElement('span')
  probe.style.color = colour
  element.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } {
  return { width: Math.max(1, clientWidth), height: Math.max(1, clientHeight) }
}
