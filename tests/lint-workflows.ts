import { join } from 'node:path'
import { build } from 'esbuild'
import { here, run } from './workspace.js'

const program = join(here, '.cache/lint-workflows.cjs')

/**
 * Says what the validator of GitHub's editor extension finds in each of these workflows, without the network: a list for each, empty
 * where it is valid. It runs as a program of its own, bundled, because it imports JSON in a way that Node.js refuses.
 */
export async function lintWorkflows(texts: readonly string[]): Promise<string[][]> {
  await build({
    stdin: { contents: SOURCE, resolveDir: here },
    outfile: program,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    logLevel: 'error',
  })
  const { code, stdout, stderr } = await run(process.execPath, [program, ...texts])
  // Its own failures are logged, not thrown.
  if (code !== 0 || stderr !== '') throw new Error(stderr)
  return JSON.parse(stdout) as string[][]
}

const SOURCE = `
  import { registerLogger, validate } from '@actions/languageservice'
  import { TextDocument } from 'vscode-languageserver-textdocument'

  const fail = (message) => { throw new Error(message) }
  registerLogger({ error: fail, warn: fail, info() {}, log() {} })
  async function main() {
    const findings = []
    for (const [index, text] of process.argv.slice(2).entries()) {
      // It remembers what it has read by address.
      const document = TextDocument.create('file:///' + index + '/.github/workflows/ci.yml', 'yaml', 1, text)
      const diagnostics = await validate(document)
      findings.push(diagnostics.map(({ message, range }) => 'line ' + (range.start.line + 1) + ': ' + message))
    }
    console.log(JSON.stringify(findings))
  }
  main()
`
