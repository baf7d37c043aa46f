import { type MetricName, metrics, type Sample } from '../observe/ledger.js'

/** The media type of an exposition. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Formats all numbers for Prometheus. Nothing is counted here: a library that keeps counters would have to get all of them
 * again for each response, and the format is these few lines.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function exposition(samples: Iterable<Sample>): string {
  const all = metrics()
  const fullName = (name: MetricName): string =>
    `udpng_${name}${all[name].kind === 'counter' ? '_total' : ''}`
  const lines = new Map<MetricName, string[]>()
  for (const { name, labels, value } of samples) {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${labelText(text)}"`)
    const those = lines.get(name) ?? []
    those.push(`${fullName(name)}{${pairs.join(',')}} ${value}\n`)
    lines.set(name, those)
  }
  return Object.entries(all)
    .map(([key, { kind, help }]) => {
      const name = key as MetricName
      const head = `# HELP ${fullName(name)} ${help}\n# TYPE ${fullName(name)} ${kind}\n`
      return head + (lines.get(name) ?? []).join('')
    })
    .join('')
}

function labelText(text: string): string {
  return text.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`))
}
