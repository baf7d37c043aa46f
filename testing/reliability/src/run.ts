/** Whether this is the long run: `pnpm run reliability`. */
export const isLong: boolean = Boolean(process.env['UDPNG_LONG'])

/** The seed of all random checks: `SEED`, or another one in every run. */
export const seed: number = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

/** How much a check tries. */
export function sizeOf({ fast, long }: { readonly fast: number; readonly long: number }): number {
  return isLong ? long : fast
}
