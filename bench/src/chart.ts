import { init, type SeriesOption } from 'echarts'
import type { Results } from './report.js'
import type { Scheme } from './schemes.js'
import type { Section } from './sections.js'
import { median } from './statistics.js'

/** Whom all the others are compared with. */
const BARE = 'node:dgram'

/** Who is shown, as what, and where the number is. */
const SHOWN = [
  ['udpng on native', 'circle', 'top'],
  ['udpng on node:dgram', 'diamond', 'left'],
  ['C, 64 at a time, GSO and GRO', 'triangle', 'top'],
] as const

const WIDTH = 860
const ROW_HEIGHT = 38

/** How many times a bare `node:dgram` program each of them does, and where it is not more, as SVG: on a logarithmic scale. */
export function chart({ sections }: Results, { text, lines, points }: Scheme): string {
  const rows = sections.filter(({ label }) => label !== undefined).reverse()
  const series = SHOWN.map(
    ([name, symbol, position], i): SeriesOption => ({
      name,
      type: 'scatter',
      symbol,
      symbolSize: 13,
      itemStyle: { color: points[i] as string },
      label: {
        show: true,
        position,
        distance: 4,
        color: text,
        fontSize: 11,
        formatter: ({ value }) => shortly((value as [number, string])[0]),
      },
      data: rows.flatMap((section) => {
        const times = timesBare(section, name)
        return times === undefined ? [] : [[times, section.label as string]]
      }),
      ...(i === 0 && {
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: text, type: 'solid', width: 1.5 },
          label: { show: false },
          data: [{ xAxis: 1 }],
        },
      }),
    }),
  )
  const height = rows.length * ROW_HEIGHT + 110
  const picture = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height })
  const axis = { axisLine: { show: false }, axisTick: { show: false } }
  const words = { color: text, fontSize: 12 }
  picture.setOption({
    animation: false,
    legend: { top: 0, data: SHOWN.map(([name]) => name), textStyle: words, itemGap: 24 },
    grid: { left: 260, right: 40, top: 40, bottom: 56 },
    xAxis: {
      ...axis,
      type: 'log',
      min: 0.3,
      max: 300,
      name: 'times a bare node:dgram program (the line); to the right is better',
      nameLocation: 'middle',
      nameGap: 32,
      nameTextStyle: words,
      axisLabel: { ...words, formatter: (value: number) => (value < 1 ? '' : `${value}x`) },
      splitLine: { lineStyle: { color: lines } },
    },
    yAxis: {
      ...axis,
      type: 'category',
      data: rows.map(({ label }) => label as string),
      axisLabel: { ...words, width: 240, overflow: 'truncate' },
      splitLine: { show: true, lineStyle: { color: lines, opacity: 0.5 } },
    },
    series,
  })
  const svg = picture.renderToSVGString()
  picture.dispose()
  return `${svg}\n`
}

/** By rate, or where that is what was measured, by time: then the shorter is the better. */
function timesBare({ outcomes }: Section, name: string): number | undefined {
  const ours = outcomes.find((outcome) => outcome.name === name)?.repetitions
  const bare = outcomes.find((outcome) => outcome.name === BARE)?.repetitions
  if (!ours || !bare) return undefined
  const times = ours.map((numbers, i) => {
    const { deliveredPerSecond: rate = Number.NaN, p50 = Number.NaN } = numbers
    const than = bare[i] ?? {}
    return Number.isNaN(rate)
      ? (than['p50'] ?? Number.NaN) / p50
      : rate / (than['deliveredPerSecond'] ?? Number.NaN)
  })
  return median(times)
}

function shortly(times: number): string {
  return `${times.toFixed(times < 10 ? 1 : 0)}x`
}
