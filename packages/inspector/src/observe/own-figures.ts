import type { Account, Bounds, Component } from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import { attempt } from './attempt.js'

/** Reasons of a component that are shown; what it dropped for others is summed up. */
const MAX_REASONS = 64
const OTHER_REASONS = 'other reasons'

/** The figures of a component in its account, without its parts. */
export interface Figures {
  /** Only those that happened. */
  readonly dropped: Readonly<Record<string, number>>
  readonly kernelDrops: Bounds | undefined
  readonly refused: number | undefined
  readonly unaccounted: number
}

/** Reads the account of a component, and takes away what its parts, the components that it started, have counted in it. */
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

/** Those that happened; a component may give any number of reasons, and call them anything. */
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

/** A component may count anything, and JSON knows only finite numbers. */
export function finite(count: unknown): number {
  return Number.isFinite(count) ? (count as number) : 0
}
