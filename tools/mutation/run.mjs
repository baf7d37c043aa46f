// pnpm run mutation [--incremental] [PACKAGE[:FILE]...]: changes the sources of the packages in small ways (mutants), one at a time, runs
// the tests that reach the change, and prints each change that no test notices, then the score of each package.
// It changes the files where they are and puts them back at the end, so it wants a work tree without changes there.
// With --incremental, a change that was noticed in the last such run, by a test that is still there, is not tried again.
import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Stryker } from '@stryker-mutator/core'
import { PACKAGES } from './packages.mjs'

/** Percent of the changes that the tests of a package have to notice. */
const MIN_SCORE = 85

const root = fileURLToPath(new URL('../..', import.meta.url))
const incremental = process.argv.includes('--incremental')
const asked = process.argv.slice(2).filter((argument) => argument !== '--incremental')
const rows = []

for (const what of asked.length > 0 ? asked : Object.keys(PACKAGES)) {
  const [name, file = '**/*.ts'] = what.split(':')
  const tests = PACKAGES[name]
  if (!tests)
    throw new Error(`no package ${name} to mutate; there are ${Object.keys(PACKAGES).join(', ')}`)
  const sources = `packages/${name}/src`
  const changed = execFileSync('git', ['status', '--porcelain', '--', sources], { cwd: root })
  if (changed.length > 0)
    throw new Error(`${sources} has changes that are not committed; commit them first`)
  process.env['UDPNG_MUTATION_TESTS'] = tests.join(',')
  const report = `reports/mutation/${what.replace(/\W/g, '-')}`
  const results = await new Stryker({
    mutate: [`${sources}/${file}`],
    inPlace: true,
    disableTypeChecks: false,
    plugins: [import.meta.resolve('@stryker-mutator/vitest-runner')],
    testRunner: 'vitest',
    vitest: { configFile: fileURLToPath(new URL('vitest.config.ts', import.meta.url)) },
    coverageAnalysis: 'perTest',
    // A change in a module's constants needs a run of all tests for each.
    ignoreStatic: true,
    concurrency: availableParallelism(),
    // For loops that never end; a test that waits for what never comes has a limit of its own.
    timeoutMS: 5000,
    timeoutFactor: 2,
    dryRunTimeoutMinutes: 15,
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: `${report}.json` },
    incremental,
    incrementalFile: `${report}.incremental.json`,
    tempDirName: '.stryker-tmp',
    allowConsoleColors: false,
  }).runMutationTest()
  if (results.length === 0) throw new Error(`${sources}/${file} has nothing to mutate`)
  rows.push(account(what, results))
}

console.table(rows)
if (rows.some(({ score }) => score < MIN_SCORE)) {
  console.error(`a package is below ${MIN_SCORE} %`)
  process.exitCode = 1
}

/** Prints the mutants that no test noticed; counts all by what became of them. */
function account(name, results) {
  const count = (...states) => results.filter(({ status }) => states.includes(status)).length
  for (const { status, fileName, location, replacement, mutatorName } of results)
    if (status === 'Survived' || status === 'NoCoverage')
      console.log(
        `${status} ${fileName}:${location.start.line}:${location.start.column} ${mutatorName}: ${replacement}`,
      )
  const noticed = count('Killed', 'Timeout')
  const unnoticed = count('Survived', 'NoCoverage')
  return {
    package: name,
    noticed,
    survived: count('Survived'),
    'not run': count('NoCoverage'),
    other: count('Ignored', 'RuntimeError', 'CompileError'),
    score: Number(((100 * noticed) / (noticed + unnoticed)).toFixed(1)),
  }
}
