import type { Account } from '@udpng/core'

const FIGURES = ['in', 'entered', 'out', 'consumed', 'waiting'] as const

/**
 * What is wrong with an account, and where; undefined when it adds up: in every part
 * `in + entered = out + consumed + waiting + dropped`, no figure is below 0, and no part has lost a message unseen.
 */
export function faultOf(account: Account, path = 'system'): string | undefined {
  for (const [name, part] of Object.entries(account.parts)) {
    const fault = faultOf(part, `${path}/${name}`)
    if (fault) return fault
  }
  const { parts: _, ...figures } = account
  const dropped = Object.values(account.dropped)
  const gap =
    account.in +
    account.entered -
    account.out -
    account.consumed -
    account.waiting -
    dropped.reduce((all, count) => all + count, 0)
  const fault =
    gap !== 0
      ? `does not add up by ${gap}`
      : account.unaccounted !== 0
        ? `leaves ${account.unaccounted} unaccounted`
        : [...FIGURES.map((key) => account[key]), ...dropped].some((count) => !(count >= 0))
          ? 'has a figure below 0'
          : undefined
  return fault && `${path} ${fault}: ${JSON.stringify(figures)}`
}
