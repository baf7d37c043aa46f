/*
 * The phrases that udpng does not use, in documents, help texts, messages, comments and test titles: idioms that readers do not
 * search for, where the field has a term of its own.
 *
 * A phrase is a regular expression that spares its legitimate uses. A space in it also matches a line break within a comment.
 * DECISIONS.md and changelogs quote the past, and are not checked.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './workspace.js'

/** A phrase, and what to write instead. */
type Rule = readonly [phrase: RegExp, instead: string]

const RULES: readonly Rule[] = [
  // Name the role.
  [/\b(?<![`.])(nobody|somebody|whoever)\b/, 'the role: caller, subscriber, sender, user, client'],
  [/\b(every|any)body\b(?! there\b)/, 'every or any, and the role: client, component, user'],
  [/\b(to|for|from|by|up|with|of) who\b/, 'the role: "the sender", not "who sends"'],
  [/\bfor whom\b/, 'the role'],
  [/\b(?<!with )one's own\b|\bone’s own\b/, 'custom, your own, or the owner'],
  [/\bstrangers?\b/, 'other client, untrusted, any sender'],
  // Numbers have names.
  [
    /\bso (many|long)\b(?! (as|that)\b)/,
    'the number: "at most n", "for ms milliseconds", or the constant',
  ],
  [/\b(MOST|LEAST|FEWEST|LONGEST|SHORTEST)_[A-Z]/, 'MAX_, MIN_, DEFAULT_'],
  [/\bENOUGH\b/, 'MIN_X, X_THRESHOLD'],
  // Negations.
  [/\b(?<!there )is no (?!longer\b)/, '"is not a", "invalid"'],
  [/\b(?<!there )are no (?!longer\b)/, '"are not", "invalid"'],
  [/\b(that|which|who) (is|are) none\b/, 'invalid'],
  // Terms.
  [/\b(?<!memory )pressure\b/, 'backpressure'],
  [/\b(hold|holds|held|holding) up\b/, 'backpressure, delay, block'],
  [/\b(hold|holds|held|holding) (nobody|others|it|them) up\b/, 'backpressure, delay, block'],
  [/\blet(s|ting)? go\b/, 'release, disconnect, drop'],
  [/\b(put|puts|putting) aside\b/, 'park'],
  [/\b[Ww]hat waits\b/, 'queued messages, queue'],
  [/\b(?<!\.)preset\b(?!")/, 'default'],
  [/\bpatience\b/, 'timeout, deadline'],
  // Verbs.
  [
    /\b(is|are|was|were|be|been|unless|when|not) told\b/,
    'gets, is notified, is reported, is asked',
  ],
  [/\btold (apart|of|to|by|from|that|otherwise)\b/, 'distinguished, reported, asked'],
  [/\btells\b/, 'reports, prints, returns, notifies, sends'],
  [/\b(?<!const )tell (apart|of|them|whether|what)\b/, 'distinguish, report, notify'],
  [/\b(can|cannot|not|to|which|will|would) tell\b(?!\()/, 'report, distinguish, know'],
  // Adverbs.
  [/\bfor ever\b/, 'forever'],
  [/\bin place of\b/, 'instead of'],
  [/\ball the same\b/, 'still, nevertheless'],
  [/\babove all\b/, 'especially'],
  [/\bbesides\b/, 'in addition to, other than, also'],
  // Headings.
  [/^#+ (Who|Whom|Whose|Its)\b/m, 'a heading that one would search for, such as "Access control"'],
  [/^#+ What (goes|comes|waits|came|became|nobody)\b/m, 'a heading that one would search for'],
]

const KINDS = /\.(md|tsx?|mts|mjs|c|h|css|html|ya?ml|sh)$|^package\.json$/
const BUILT = new Set(['node_modules', 'dist', 'out', 'build', 'coverage', 'prebuilds'])
const QUOTES = new Set(['DECISIONS.md', 'CHANGELOG.md', 'pnpm-lock.yaml', 'language.test.ts'])

/** The files that people read, with paths from the root of the repository. */
function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      const hidden = entry.name.startsWith('.') && !['.changeset', '.github'].includes(entry.name)
      if (!hidden && !BUILT.has(entry.name)) yield* filesBelow(path)
    } else if (entry.name.startsWith('.program-'))
      continue // another test makes and removes it
    else if (KINDS.test(entry.name) && !QUOTES.has(entry.name)) yield path
  }
}

/** A space also matches a line break, and the signs that begin the next line of a comment or of a quotation. */
function acrossLines({ source, flags }: RegExp): RegExp {
  const cased = /_\[A-Z\]|ENOUGH/.test(source) ? '' : 'i'
  return new RegExp(source.replaceAll(' ', '[\\s*/>#]+'), `g${cased}${flags}`)
}

/** Each phrase found in a text, as `file:line: "phrase"; write ...`. */
function findingsIn(file: string, text: string, rules: readonly Rule[] = RULES): string[] {
  return rules.flatMap(([phrase, instead]) =>
    [...text.matchAll(acrossLines(phrase))].map((match) => {
      const line = text.slice(0, match.index).split('\n').length
      return `${file}:${line}: "${match[0].replace(/\s+/g, ' ').trim()}"; write: ${instead}`
    }),
  )
}

test('documents, messages and comments use the terms of the field', () => {
  const paths = [...filesBelow(root)].sort()
  expect(paths.length).toBeGreaterThan(500)
  const findings = paths.flatMap((path) =>
    findingsIn(relative(root, path), readFileSync(path, 'utf8')),
  )
  expect(findings).toEqual([])
})

test.each([
  'It waits while nobody reads.',
  '/** At most so many are kept. */',
  '// what waits\n// is sent',
  ' * It is\n * no peer.',
  'Whoever is too fast is held\nup.',
  'const MOST_KEPT = 512',
  'each child is told so',
  '`observe` tells of failures',
  '## Who may look',
  'it is let go',
])('a phrase is found: %j', (text) => {
  expect(findingsIn('x.md', text)).not.toEqual([])
})

test.each([
  'There is no such box, and it is no longer linked.',
  'It takes so long that the timer fires.',
  'const told = 1; for (const tell of told) tell()',
  'backpressure, and memory pressure',
  'DEFAULT_MS, MAX_KEPT, and enough',
  'a wait that is not enough',
])('legitimate uses are spared: %j', (text) => {
  expect(findingsIn('x.md', text)).toEqual([])
})

test('a finding has the file, the line, the phrase and what to write', () => {
  expect(findingsIn('a.md', 'One.\nTwo waits for ever.')).toEqual([
    'a.md:2: "for ever"; write: forever',
  ])
})
