/*
 * Every block of code in the documentation compiles, and those that say so run.
 *
 * - ```ts: a complete ES module, compiled by TypeScript under all strict flags against the packages as built.
 * - ```ts run: compiled, and run by Node.js with nothing on standard input; it must exit 0 within 20 s.
 *   If the very next block is ```text output, that is what it must have printed.
 * - ```ts service: compiled, and run until it is interrupted. The next block is ```sh, commands for another terminal, and
 *   the one after it ```text output, with a line ^C where Ctrl-C is pressed. Its ports are replaced by free ones.
 * - A ts block whose first line is `// continues` goes on where the ts block before it ended: both are one module,
 *   which is run once if any of them says `run`.
 *
 * There is no way to leave a block out; code that is not meant to compile is not marked ts.
 */
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build, transform } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Block, blocks, documents, read } from './documents.js'
import { runService, type Session } from './run-service.js'
import { here, root, run } from './workspace.js'

interface Snippet {
  readonly document: string
  readonly line: number
  /** Name of its file, without the ending. */
  readonly file: string
  /** As long as the document above it, so that an error names the document's own line. */
  text: string
  runs: boolean
  output?: string
  /** Of a service. */
  session?: Session
}

const directory = join(here, '.cache/snippets')

/** The session that two blocks show after the block of a service. */
function sessionOf({ document, line }: Block, next: Block | undefined, then: Block | undefined) {
  if (next?.info[0] !== 'sh' || then?.info.join(' ') !== 'text output')
    throw new Error(`${document}:${line}: after a service come blocks sh and text output`)
  return { commands: next.text, output: then.text }
}

function snippetsOf(document: string): Snippet[] {
  const snippets: Snippet[] = []
  let previous: Block | undefined
  const found = blocks(document)
  for (const [index, block] of found.entries()) {
    const [language, ...marks] = block.info
    const last = snippets.at(-1)
    if (language === 'ts') {
      const runs = marks.includes('run') || marks.includes('service')
      if (last && block.text.startsWith('// continues')) {
        const gap = block.line - last.text.split('\n').length
        last.text += '\n'.repeat(gap + 1) + block.text
        last.runs ||= runs
      } else {
        const file = `${document.replaceAll('/', '.')}.${block.line}`
        const text = '\n'.repeat(block.line) + block.text
        snippets.push({ document, line: block.line, file, text, runs })
      }
      const snippet = snippets.at(-1)
      if (snippet && marks.includes('service'))
        snippet.session = sessionOf(block, found[index + 1], found[index + 2])
    } else if (last && language === 'text' && marks.includes('output')) {
      if (previous?.info[0] === 'ts') last.output = block.text
    }
    previous = block
  }
  return snippets
}

const all = documents()
const snippets = all.flatMap(snippetsOf)

describe('snippets', () => {
  let diagnostics: string[]

  beforeAll(async () => {
    await rm(directory, { recursive: true, force: true })
    await mkdir(directory, { recursive: true })
    const config = {
      extends: '../../../tsconfig.program.json',
      include: ['*.ts'],
      compilerOptions: { customConditions: [] },
    }
    await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(config))
    for (const { file, text } of snippets) await writeFile(join(directory, `${file}.ts`), text)
    await build({
      entryPoints: snippets.filter((s) => s.runs).map((s) => join(directory, `${s.file}.ts`)),
      outdir: directory,
      outExtension: { '.js': '.mjs' },
      format: 'esm',
      target: 'node20',
      logLevel: 'silent', // the compiler reports syntax errors
    }).catch(() => {})
    const tsc = join(here, 'node_modules/typescript-7.0/bin/tsc')
    const options = { cwd: directory }
    const { stdout } = await run(process.execPath, [tsc, '--pretty', 'false'], options)
    diagnostics = stdout.split('\n')
  })

  test('README.md shows code that runs', () => {
    expect(all).toContain('README.md')
    expect(snippets.filter((s) => s.document === 'README.md' && s.runs)).not.toEqual([])
  })

  test('the programs of README.md are JavaScript, which Node.js 20 runs as it stands', async () => {
    const { length } = await Promise.all(
      snippets
        .filter((s) => s.document === 'README.md')
        .map(({ text }) => transform(text, { loader: 'js', logLevel: 'silent' })),
    )
    expect(length).toBeGreaterThan(0)
  })

  test('all code is marked ts, so that none escapes', () => {
    const others = ['typescript', 'js', 'javascript', 'mjs', 'cjs', 'mts', 'cts']
    const strays = all.flatMap(blocks).filter(({ info }) => others.includes(info[0] ?? ''))
    expect(strays.map(({ document, line }) => `${document}:${line}`)).toEqual([])
  })

  test('the compiler read them', () => {
    const general = diagnostics.filter((line) => /^error /.test(line))
    expect(snippets.length === 0 ? [] : general).toEqual([])
  })

  for (const snippet of snippets) {
    test(`${snippet.document}:${snippet.line} compiles`, () => {
      expect(diagnostics.filter((line) => line.startsWith(`${snippet.file}.ts(`))).toEqual([])
    })
  }

  for (const snippet of snippets.filter((s) => s.runs)) {
    test(`${snippet.document}:${snippet.line} runs`, async () => {
      const { file, session } = snippet
      const options = { cwd: directory }
      const { code, stdout, stderr } = session
        ? await runService(join(directory, `${file}.mjs`), session)
        : await run(process.execPath, [`${file}.mjs`], options)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const output = session?.output ?? snippet.output
      if (output !== undefined) expect(stdout.trimEnd()).toBe(output.trimEnd())
    })
  }
})

test.each(all)('%s links to files that exist', (document) => {
  const prose = blocks(document).reduce(
    (text, block) => text.replace(block.text, ''),
    read(document),
  )
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  const missing = targets
    .filter((target) => !/^(https?:|mailto:|#)/.test(target))
    .filter((target) => !existsSync(join(root, dirname(document), target.replace(/#.*$/, ''))))
  expect(missing).toEqual([])
})
