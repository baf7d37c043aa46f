import { onTestFinished, type TestContext } from 'vitest'
import { seed } from './run.js'

/** What a check tried and found: one row of the table at the end of the run. */
export interface Finding {
  check: string
  /** Inputs, operations, datagrams: how many, and of what. */
  tried: string
  found: string
  seed: number | undefined
}

declare module 'vitest' {
  interface TaskMeta {
    finding?: Finding
  }
}

/**
 * Begins a row of the table. Until the check says otherwise it has found nothing; when its test fails, the row says so.
 *
 * @param tried - read when the test is over
 */
export function finding(
  { task }: TestContext,
  check: string,
  tried: () => string,
  { seeded = true }: { readonly seeded?: boolean } = {},
): Finding {
  const row: Finding = { check, tried: '', found: 'nothing', seed: seeded ? seed : undefined }
  task.meta.finding = row
  onTestFinished(() => {
    row.tried = tried()
    if (task.result?.state === 'fail') row.found = 'FAILED, see above'
  })
  return row
}
