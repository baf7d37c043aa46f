import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const css = readFileSync(join(import.meta.dirname, '../../page/styles/tokens.css'), 'utf8')
const colours = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, name, light, dark]) => [name, { light, dark }],
  ),
)

/** WCAG 2: how light a colour is, and how much two differ. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const texts = ['ink', 'muted', 'accent', 'good', 'warning', 'bad']
const grounds = ['ground', 'surface']
const pairs = [
  ...texts.flatMap((text) => grounds.map((ground) => [text, ground] as const)),
  ['ink', 'raised'],
  ['muted', 'raised'],
  ['ink', 'bad-ground'],
  ['bad', 'bad-ground'],
  ['ink', 'warning-ground'],
  ['warning', 'warning-ground'],
] as const

describe.each(['light', 'dark'] as const)('%s', (scheme) => {
  it.each(pairs)('INS-50 %s on %s can be read: 4.5 : 1', (text, ground) => {
    const of = (name: string): string => colours.get(name)?.[scheme] ?? `no ${name}`
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5)
  })
})
