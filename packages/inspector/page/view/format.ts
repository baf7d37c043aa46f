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

/** The time of day of so many milliseconds since 1970: `20:51:19`. */
export function timeOfDay(time: number): string {
  return new Date(time).toLocaleTimeString('en-GB')
}

/** A count with its noun: `1 message`, `2 messages`. */
export function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`
}

function trim(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text
}
