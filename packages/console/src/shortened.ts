/** The first `max` characters of a text, and `...` if there are more. A character of two code units is not cut. */
export function shortened(text: string, max: number): string {
  if (text.length <= max) return text
  return `${text.slice(0, max).replace(/[\ud800-\udbff]$/, '')}...`
}
