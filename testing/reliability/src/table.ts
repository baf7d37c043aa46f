import type { Reporter, TestCase, TestModule } from 'vitest/node'
import type { Finding } from './finding.js'

const COLUMNS = ['check', 'tried', 'found', 'seed'] as const

/** Ends a run with a plain table: what each check tried, and what it found. */
export default class Table implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows: string[][] = [[...COLUMNS]]
    for (const module of modules)
      for (const test of module.children.allTests()) {
        const row = rowOf(test)
        if (row) rows.push(COLUMNS.map((column) => String(row[column] ?? '')))
      }
    const widths = COLUMNS.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
    const lines = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '))
    lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '))
    process.stdout.write(`\n${lines.map((line) => line.trimEnd()).join('\n')}\n`)
  }
}

/** What the test itself says, or else its title; nothing for one that was skipped. */
function rowOf(test: TestCase): Finding | undefined {
  const { state } = test.result()
  if (state !== 'passed' && state !== 'failed') return undefined
  const { finding } = test.meta()
  if (finding) return finding
  const check = test.fullName.replace(/\b[A-Z]{3}-\d\d /g, '')
  return { check, tried: '', found: state === 'passed' ? 'nothing' : 'FAILED', seed: undefined }
}
