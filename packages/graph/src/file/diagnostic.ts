/** A mistake (`error`) or a probable mistake (`warning`) in a graph file, and its position. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  /** The name of the file given to `readGraph`. */
  readonly file: string
  /** Line number, from 1. */
  readonly line: number
  /** Column, from 1, in UTF-16 code units, as editors count. */
  readonly column: number
  /** One line of at most 403 characters. It may quote the file; control characters in a name are escaped as in JSON. */
  readonly message: string
}

/**
 * Formats a diagnostic as compilers do, so that editors and terminals link to the position:
 * `graph.yaml:12:5: there is no part "A"`, `graph.yaml:4:3: warning: SPARE is linked to nothing`.
 */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { severity, file, line, column, message } = diagnostic
  return `${file}:${line}:${column}: ${severity === 'warning' ? 'warning: ' : ''}${message}`
}
