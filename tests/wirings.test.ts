/*
 * docs/wirings.md quotes what the compiler says of wrong wirings. Each `text wiring` block there is one, and the `text refused`
 * block after it is the message. They are compiled after the first `ts` block of that page, by TypeScript 5.9, 6 and 7, as are
 * all its `ts` blocks together, which must compile.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type TypeScript from 'typescript-5.9'
import { beforeAll, describe, expect, test } from 'vitest'
import { blocks } from './documents.js'
import { here, run } from './workspace.js'

const page = 'docs/wirings.md'
const directory = join(here, '.cache/wirings')
const COMPILING_MS = 600_000

interface Wiring {
  readonly line: number
  readonly file: string
  readonly text: string
  readonly message: string
}

const all = blocks(page)
const [preamble = '', ...right] = all.filter(({ info }) => info[0] === 'ts').map(({ text }) => text)
const wirings: Wiring[] = all.flatMap(({ line, info, text }, i) => {
  const refused = all[i + 1]
  if (info[1] !== 'wiring' || refused?.info[1] !== 'refused') return []
  return [{ line, file: `wiring-${line}.ts`, text, message: refused.text }]
})

/** The compiler's messages by file: one for each error, its continuation lines included. */
type Messages = Map<string, string[]>

/** TypeScript 5.9 and 6: by the API, which need not check the declarations of Node.js. */
async function byApi(version: string): Promise<Messages> {
  const { default: ts }: { default: typeof TypeScript } = await import(`typescript-${version}`)
  const { config } = ts.readConfigFile(join(directory, 'tsconfig.json'), ts.sys.readFile)
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, directory)
  const program = ts.createProgram(fileNames, options)
  const messages: Messages = new Map()
  for (const file of program.getSourceFiles())
    if (file.fileName.startsWith(directory))
      messages.set(
        file.fileName.slice(directory.length + 1),
        [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
          ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
        ),
      )
  return messages
}

/** TypeScript 7: by its program, which has no API. */
async function byProgram(): Promise<Messages> {
  const tsc = join(here, 'node_modules/typescript-7.0/bin/tsc')
  const { stdout } = await run(process.execPath, [tsc, '--pretty', 'false'], {
    cwd: directory,
    timeout: COMPILING_MS,
  })
  const messages: Messages = new Map()
  for (const [, file = '', message = ''] of stdout.matchAll(
    /^(\S+)\(\d+,\d+\): error TS\d+: (.*(?:\n {2}.*)*)/gm,
  ))
    messages.set(file, [...(messages.get(file) ?? []), message])
  return messages
}

/** The words of a message, whatever their order: that of properties and unions is not always the same. */
function words(message: string): string[] {
  return (message.match(/[^\s;|{}<>,"'`]+/g) ?? []).sort()
}

beforeAll(async () => {
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  const config = {
    extends: '../../../tsconfig.program.json',
    include: ['*.ts'],
    compilerOptions: { customConditions: [] },
  }
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(config))
  await writeFile(join(directory, 'right.ts'), [preamble, ...right].join('\n'))
  for (const { file, text } of wirings)
    await writeFile(join(directory, file), `${preamble}\nexport const wiring = ${text}\n`)
})

test(`${page} quotes a message for each of at least twenty wirings`, () => {
  expect(wirings.length).toBeGreaterThanOrEqual(20)
  expect(all.filter(({ info }) => info[1] === 'wiring')).toHaveLength(wirings.length)
})

describe.each(['5.9', '6.0', '7.0'])('TypeScript %s', (version) => {
  let messages: Messages
  beforeAll(async () => {
    messages = version === '7.0' ? await byProgram() : await byApi(version)
  }, COMPILING_MS)

  test(`TYP-02 TYP-03 TYP-04 what ${page} says compiles does`, () => {
    expect(right.length).toBeGreaterThan(5)
    expect(messages.get('right.ts') ?? []).toEqual([])
  })

  test.each(wirings)(`TYP-01 ${page}:$line is refused`, ({ file, message }) => {
    const said = (messages.get(file) ?? []).flatMap((text) => text.split('\n'))
    for (const line of message.split('\n')) expect(said.map(words)).toContainEqual(words(line))
  })
})

/** What an editor offers at the `|` in a wiring. */
async function offered(wiring: string): Promise<string[]> {
  const { default: ts }: { default: typeof TypeScript } = await import('typescript-5.9')
  const { config } = ts.readConfigFile(join(directory, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, directory)
  const file = join(directory, 'edited.ts')
  const [start = '', end = ''] = wiring.split('|')
  const before = `${preamble}\nexport const edited = ${start}`
  const service = ts.createLanguageService({
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => options,
    getCurrentDirectory: () => directory,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '',
    getScriptSnapshot: (path) => {
      const text = path === file ? before + end : ts.sys.readFile(path)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
  })
  const entries = service.getCompletionsAtPosition(file, before.length, {})?.entries ?? []
  return entries.map(({ name }) => name).sort()
}

test.each([
  ["{ '|' }", ['P.signal', 'T.outbox', 'T.signal']],
  ["{ 'T.signal': 'P.control', '|' }", ['P.signal', 'T.outbox']],
  ["{ 'T.outbox': '|' }", ['P.inbox']],
  ["{ 'self.lines': '|' }", ['P.control', 'P.inbox', 'T.control']],
])(
  'TYP-11 an editor completes linkages: %s',
  async (linkages, expected) => {
    const wiring = `new Graphline({ T: new Texts(), P: new Print() }, ${linkages})`
    expect(await offered(wiring)).toEqual(expected)
  },
  COMPILING_MS,
)
