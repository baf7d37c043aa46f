import { isIP } from 'node:net'

/** The bytes of an IP literal, 4 or 16 of them, its scope left out; undefined for anything else. */
export function bytesOfHost(host: string): readonly number[] | undefined {
  const family = isIP(host)
  if (family === 4) return host.split('.').map(Number)
  if (family === 0) return undefined
  const plain = host
    .replace(/%.*/, '')
    .replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...four: string[]) => {
      const [a, b, c, d] = four.map(Number) as [number, number, number, number]
      return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
    })
  const [head = '', tail = ''] = plain.split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail.split(':').filter(Boolean)
  const groups = [...left, ...new Array(8 - left.length - right.length).fill('0'), ...right]
  return groups.flatMap((group) => [
    Number.parseInt(group, 16) >> 8,
    Number.parseInt(group, 16) & 255,
  ])
}
