import type { BoundsPicture } from '../../src/protocol.js'

/** A rate or a count in four or five characters: `0`, `2.5`, `312`, `1.2k`, `34k`, `1.2M`. */
export function short(value: number): string {
  if (value < 0.05) return '0'
  if (value < 9.95) return trim(value.toFixed(1))
  for (const unit of ['', 'k', 'M', 'G']) {
    const scaled = value / 1000 ** ['', 'k', 'M', 'G'].indexOf(unit)
    if (unit !== '' && scaled < 9.95) return trim(scaled.toFixed(1)) + unit
    if (scaled < 999.5) return Math.round(scaled) + unit
  }
  return `${Math.round(value / 1e9)}G`
}

/** A count, all of it: `1,234,567`. */
export function whole(value: number): string {
  return value.toLocaleString('en')
}

/** Whether a number is known exactly. */
export function isExact({ atLeast, atMost }: BoundsPicture): boolean {
  return atLeast === atMost
}

/** A number and, where it is not known exactly, its bounds: `1,234`, `about 5,275,200 (82,425 to 10,550,400)`. */
export function boundsText(bounds: BoundsPicture): string {
  const { atLeast, about, atMost } = bounds
  return isExact(bounds)
    ? whole(about)
    : `about ${whole(about)} (${whole(atLeast)} to ${whole(atMost)})`
}

/** The time of day, given milliseconds since 1970: `20:51:19`. */
export function timeOfDay(time: number): string {
  return new Date(time).toLocaleTimeString('en-GB')
}

function trim(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text
}
