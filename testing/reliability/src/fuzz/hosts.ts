import { isIP } from 'node:net'
import { type Decisions, oneOf } from '../random.js'
import { anyText } from '../recipe.js'

const LABELS = [
  'a',
  'localhost',
  'xn--bcher-kva',
  'bücher',
  '_udp',
  'a-b',
  '-a',
  'a-',
  '1',
  '0x7f',
  '0X',
  '٣',
  '１２７',
  '中文',
  '😀',
  '',
  'é',
  'a'.repeat(63),
  'a'.repeat(64),
  '𝟏'.repeat(63),
  'ü'.repeat(64),
  '⒈',
  '0x',
  '0xg',
  '00',
  '08',
]
const SCOPES = [
  '%lo',
  '%eth0',
  '%1',
  '%',
  '%é',
  '%a b',
  '%lo%lo',
  '%-._~',
  '%25lo',
  `%${'a'.repeat(260)}`,
]

/** Hosts of all kinds: addresses, nearly addresses, names, nearly names, and anything. */
export function anyHost(decisions: Decisions): string {
  const kind = decisions.roll(8)
  if (kind < 2) return anyIPv4(decisions)
  if (kind < 4) return anyIPv6(decisions)
  if (kind < 6)
    return Array.from({ length: 1 + decisions.roll(5) }, () => oneOf(decisions, LABELS)).join('.')
  if (kind < 7) return anyText(decisions)
  return mutated(decisions, decisions.roll(2) ? anyIPv4(decisions) : anyIPv6(decisions))
}

function anyIPv4(decisions: Decisions): string {
  const octet = (): string => {
    const value = oneOf(decisions, [0, 1, 9, 10, 99, 100, 127, 224, 239, 240, 255, 256, 300, 999])
    const form = decisions.roll(12)
    if (form === 0) return `0${value}`
    if (form === 1) return `0x${value.toString(16)}`
    if (form === 2) return ''
    return String(value)
  }
  const count = decisions.roll(6) ? 4 : 1 + decisions.roll(6)
  return Array.from({ length: count }, octet).join('.')
}

function anyIPv6(decisions: Decisions): string {
  const group = (): string => {
    const form = decisions.roll(14)
    if (form === 0) return 'fe80'
    if (form === 1) return 'ff02'
    if (form === 2) return '0'
    if (form === 3) return '12345'
    if (form === 4) return 'g'
    return decisions.roll(0x10000).toString(16)
  }
  const groups = Array.from({ length: decisions.roll(6) ? 8 : decisions.roll(10) }, group)
  if (decisions.roll(3) && groups.length > 0) {
    const at = decisions.roll(groups.length)
    groups.splice(at, 1 + decisions.roll(6), '')
    if (at === 0) groups.unshift('')
    if (at >= groups.length - 1) groups.push('')
  }
  if (decisions.roll(5) === 0) groups.splice(-2, 2, anyIPv4(decisions))
  const scope = decisions.roll(4) ? '' : oneOf(decisions, SCOPES)
  const literal = groups.join(':') + scope
  return decisions.roll(12) ? literal : `[${literal}]`
}

/** The same, with a character more, less, or another one. */
function mutated(decisions: Decisions, host: string): string {
  const at = decisions.roll(host.length + 1)
  const piece = decisions.roll(3) ? anyText(decisions).slice(0, 2) : ''
  return host.slice(0, at) + piece + host.slice(at + decisions.roll(2))
}

/**
 * What a host is, told in another way than the package does: the family of a literal, as `node:net` has it; 0 for a name;
 * undefined for neither.
 */
export function expectedKind(host: string): 4 | 6 | 0 | undefined {
  if (host.length > 254) return undefined
  const family = isIP(host)
  if (family !== 0) return family as 4 | 6
  const labels = host.split('.')
  if (labels.length > 1 && labels.at(-1) === '') labels.pop()
  if (!labels.every(isLabel)) return undefined
  return isNumber(host.normalize('NFKC')) ? undefined : 0
}

function isLabel(label: string): boolean {
  const characters = [...label]
  return (
    characters.length >= 1 &&
    characters.length <= 63 &&
    !label.startsWith('-') &&
    !label.endsWith('-') &&
    characters.every((one) => one === '-' || one === '_' || /^[\p{L}\p{M}\p{N}]$/u.test(one))
  )
}

/** Whether resolvers may take it for an address in numbers: its last label is one. */
function isNumber(host: string): boolean {
  const last = (host.endsWith('.') ? host.slice(0, -1) : host).split('.').at(-1) ?? ''
  if (last === '') return false
  const digits = /^0x/i.test(last) ? last.slice(2) : last
  const allowed = digits === last ? '0123456789' : '0123456789abcdefABCDEF'
  return [...digits].every((digit) => allowed.includes(digit))
}
