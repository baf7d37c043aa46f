import type { Account, Bounds, Component } from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import { attempt } from './attempt.js'

/** Maximum number of drop reasons shown of a component; drops for other reasons are summed up. */
const MAX_REASONS = 64
const OTHER_REASONS = 'other reasons'

/** The figures of a component in its account, without its parts. */
export interface Figures {
  /** Only reasons that happened. */
  readonly dropped: Readonly<Record<string, number>>
  readonly kernelDrops: Bounds | undefined
  readonly refused: number | undefined
  readonly unaccounted: number
}

/** Reads the account of a component, and subtracts the counts of its parts, which are the components that it started. */
export function ownFigures(component: Component): Figures {
  const account = attempt(() => accountOf(component))
  if (!account) return { dropped: {}, kernelDrops: undefined, refused: undefined, unaccounted: 0 }
  const parts = Object.values(account.parts)
  const own = (figure: (of: Account) => number | undefined): number =>
    parts.reduce((rest, part) => rest - finite(figure(part)), finite(figure(account)))
  return {
    dropped: dropsOf(
      Object.keys(account.dropped).map((reason) => [reason, own((of) => of.dropped[reason])]),
    ),
    kernelDrops: account.kernelDrops && boundsOf((key) => own((of) => of.kernelDrops?.[key])),
    refused: account.refused === undefined ? undefined : own((of) => of.refused),
    unaccounted: own((of) => of.unaccounted),
  }
}

/** Returns the drops that happened; a component may have any number of reasons with any names. */
export function dropsOf(
  counts: readonly (readonly [reason: string, count: number])[],
): Record<string, number> {
  const happened = counts.filter(([, count]) => count > 0)
  const rest = happened.slice(MAX_REASONS).reduce((sum, [, count]) => sum + count, 0)
  return Object.fromEntries([
    ...happened.slice(0, MAX_REASONS),
    ...(rest > 0 ? [[OTHER_REASONS, rest] as const] : []),
  ])
}

/** Bounds of finite numbers, in a fixed order. */
export function boundsOf(bound: (key: keyof Bounds) => number): Bounds {
  return { atLeast: bound('atLeast'), about: bound('about'), atMost: bound('atMost') }
}

/** Returns a finite number: a component may report any value, and JSON has only finite numbers. */
export function finite(count: unknown): number {
  return Number.isFinite(count) ? (count as number) : 0
}
